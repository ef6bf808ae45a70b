"""Calls whose numbers differ widely in size: what is tiny, zero or large must not spoil what stands beside it."""

from __future__ import annotations

import torch
from native_cases import Case, results
from torch import Tensor

from tidegate.nn.kernels.native import Inputs, Outputs

SHARES = ("dropout", "keep", "keep_cell", "lengths", "sizes")
GIVEN = ("x", "state", "cell")
BEYOND = 1e30
"""Results below leave room for the sums on the way to them, which end at 3e38 in float32."""


def varied(case: Case, seed: int) -> Case:
    """The case with each tensor's numbers made tiny, zero or large in a manner of its own, shares left as they are."""
    draw = torch.Generator().manual_seed(seed)
    inputs = {
        name: one if name in SHARES else _varied(one, draw, large=30.0 if name in GIVEN else 3.0)
        for name, one in case.inputs._asdict().items()
    }
    return Case(case.options, Inputs(**inputs), Outputs(*[_varied(one, draw, large=3.0) for one in case.arriving]))


def fits(case: Case, peer: object, dtype: torch.dtype) -> bool:
    """Whether nothing overflows."""
    return all(bool((value.abs() < BEYOND).all()) for value in results(peer, case, dtype).values())


def _varied(one: Tensor | None, draw: torch.Generator, large: float) -> Tensor | None:
    """`large` is the power of ten that few numbers may reach."""
    if one is None:
        return None
    share = torch.rand(one.shape, dtype=one.dtype, generator=draw)
    match int(torch.randint(0, 6, (), generator=draw)):
        case 0:  # all of them small
            return one * 10.0 ** (-44.0 * float(torch.rand((), generator=draw)))
        case 1:  # each of another size
            return torch.copysign(10.0 ** (-44.0 + 47.0 * share), one)
        case 2:  # many tiny ones beside usual ones
            return torch.where(share < 0.5, one * 10.0 ** (-46.0 + 40.0 * share), one)
        case 3:  # zeros of both signs
            return torch.where(share < 0.5, torch.copysign(torch.zeros_like(one), one), one)
        case 4:  # a few large ones
            return torch.where(share < 0.05, one * 10.0 ** (large * share / 0.05), one)
    return one
