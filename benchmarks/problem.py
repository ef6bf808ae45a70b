"""The numbers of a case: the same weights, input and output gradient in every process, whatever computes with them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.shapes import GATES, TRUE_SHARE, Case

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Problem:
    """A case with its numbers, in torch's layout.

    Shapes: weights["weight_ih"] [G·H, F], weights["weight_hh"] [G·H, H], both biases [G·H]; x [T, B, F];
    gradient [T, B, H], what the loss sends back; lengths [B] for a ragged case.
    """

    case: Case
    weights: dict[str, Array]
    x: Array
    gradient: Array
    lengths: npt.NDArray[np.int64] | None


def problem_of(case: Case) -> Problem:
    """The numbers drawn from a seed that the case alone decides; weights as torch draws them, U(−1/√H, 1/√H)."""
    shape, rows = case.shape, GATES[case.cell] * case.shape.H
    random = np.random.default_rng(zlib.crc32(str(case).encode()))
    bound = shape.H**-0.5
    sizes = {"weight_ih": (rows, shape.F), "weight_hh": (rows, shape.H), "bias_ih": (rows,), "bias_hh": (rows,)}
    weights = {name: random.uniform(-bound, bound, size).astype(np.float32) for name, size in sizes.items()}
    x = random.standard_normal((shape.T, shape.B, shape.F), np.float32)
    gradient = random.standard_normal((shape.T, shape.B, shape.H), np.float32)
    lengths = random.permutation(true_lengths(shape.T, shape.B)) if case.ragged else None
    return Problem(case, weights, x, gradient, lengths)


def true_lengths(T: int, B: int) -> npt.NDArray[np.int64]:
    """Lengths [B] spread evenly up to T, whose mean is `TRUE_SHARE` of T up to rounding; none is zero.

    With one sequence there is nothing to spread: it has the mean length.
    """
    if B == 1:
        return np.array([max(1, round(TRUE_SHARE * T))])
    return np.maximum(1, np.rint(np.linspace(2 * TRUE_SHARE - 1, 1, B) * T)).astype(np.int64)
