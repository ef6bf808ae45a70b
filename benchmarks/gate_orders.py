"""Torch's weights in the order and layout of ONNX and of Keras, in NumPy, so that no peer's process loads torch.

Torch stacks the gates of a GRU as r, z, n and of an LSTM as i, f, g, o. ONNX: z, r, n and i, o, f, g. Keras: z, r, n
and i, f, g, o, transposed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.problem import Array
from benchmarks.shapes import Cell

Weights = Mapping[str, Array]

_ONNX: dict[Cell, tuple[int, ...]] = {"rnn": (0,), "gru": (1, 0, 2), "gru_before": (1, 0, 2), "lstm": (0, 3, 1, 2)}
_KERAS: dict[Cell, tuple[int, ...]] = {"rnn": (0,), "gru": (1, 0, 2), "gru_before": (1, 0, 2), "lstm": (0, 1, 2, 3)}


def to_onnx(cell: Cell, weights: Weights) -> dict[str, Array]:
    """The inputs W [1, G·H, F], R [1, G·H, H] and B [1, 2·G·H] of ONNX's RNN, GRU and LSTM, all float32."""
    turned = {name: _reordered(array, _ONNX[cell]) for name, array in weights.items()}
    biases = np.concatenate([turned["bias_ih"], turned["bias_hh"]])
    return {"W": turned["weight_ih"][None], "R": turned["weight_hh"][None], "B": biases[None]}


def to_keras(cell: Cell, weights: Weights) -> list[Array]:
    """Kernel [F, G·H], recurrent kernel [H, G·H] and bias: [2, 3·H] for "gru", the sum of both [G·H] for the others."""
    turned = {name: _reordered(array, _KERAS[cell]) for name, array in weights.items()}
    biases = np.stack([turned["bias_ih"], turned["bias_hh"]])
    return [turned["weight_ih"].T, turned["weight_hh"].T, biases if cell == "gru" else biases.sum(0)]


def from_keras(cell: Cell, gradients: Sequence[Array]) -> dict[str, Array]:
    """Gradients of the three arrays of `to_keras` as gradients of torch's four; a summed bias is that of both."""
    kernel, recurrent, bias = gradients
    bias_ih, bias_hh = bias if cell == "gru" else (bias, bias)
    turned = {"weight_ih": kernel.T, "weight_hh": recurrent.T, "bias_ih": bias_ih, "bias_hh": bias_hh}
    # The orders of Keras are their own inverse.
    return {name: _reordered(array, _KERAS[cell]) for name, array in turned.items()}


def _reordered(blocks: Array, order: Sequence[int]) -> Array:
    parts = np.split(blocks, len(order))
    return np.concatenate([parts[place] for place in order])
