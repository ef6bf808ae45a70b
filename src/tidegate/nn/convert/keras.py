"""Keras' weights, as `layer.get_weights()` lists them: kernel, recurrent_kernel and, if used, bias.

Kernels are transposed against torch's and hold the gates side by side: GRU z, r, h; LSTM i, f, c, o. Keras' GRU
computes h' = z ⊙ h + (1 − z) ⊙ ĥ: its z is the share kept, as in torch, so only the order of the gates changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from tidegate.errors import ConfigurationError
from tidegate.nn.convert.blocks import Array, StateDict, layer_of, one_bias, suffix, tensor_of

# Where each gate of the other side stands; all three orders are their own inverse.
_RNN, _GRU, _LSTM = (0,), (1, 0, 2), (0, 1, 2, 3)


def rnn_from_keras(
    kernel: Array, recurrent_kernel: Array, bias: Array | None = None, *, layer: int | None = 0, reverse: bool = False
) -> StateDict:
    """The state dict of `RNN(F, H)` from the weights of a Keras SimpleRNN.

    Shapes: kernel [F, H], recurrent_kernel [H, H], bias [H]; ConfigurationError names the array that differs.
    """
    return _from_keras(kernel, recurrent_kernel, bias, _RNN, suffix(layer, reverse))


def rnn_to_keras(state: Mapping[str, Tensor], *, layer: int | None = 0, reverse: bool = False) -> list[Tensor]:
    """The inverse of `rnn_from_keras`, in the order of Keras' `get_weights()`."""
    return _to_keras(state, _RNN, suffix(layer, reverse), two_biases=False)


def gru_from_keras(
    kernel: Array, recurrent_kernel: Array, bias: Array | None = None, *, layer: int | None = 0, reverse: bool = False
) -> StateDict:
    """The state dict of a GRU from the weights of a Keras GRU; the layer resets as the Keras layer does.

    A bias [2, 3H] (input, recurrent) belongs to `reset_after=True` and `GRU(F, H, reset="after")`, a bias [3H] to
    `reset_after=False` and `GRU(F, H, reset="before")`; without a bias the weights do not tell.

    Shapes: kernel [F, 3H], recurrent_kernel [H, 3H]; ConfigurationError names the array that differs.
    """
    return _from_keras(kernel, recurrent_kernel, bias, _GRU, suffix(layer, reverse))


def gru_to_keras(
    state: Mapping[str, Tensor],
    *,
    reset: Literal["after", "before"] = "after",
    layer: int | None = 0,
    reverse: bool = False,
) -> list[Tensor]:
    """The inverse of `gru_from_keras`: bias [2, 3H] for a layer with `reset="after"`, [3H] for `reset="before"`."""
    if reset not in ("after", "before"):
        raise ConfigurationError(f"reset={reset!r} is not known: 'after' or 'before'")
    return _to_keras(state, _GRU, suffix(layer, reverse), two_biases=reset == "after")


def lstm_from_keras(
    kernel: Array, recurrent_kernel: Array, bias: Array | None = None, *, layer: int | None = 0, reverse: bool = False
) -> StateDict:
    """The state dict of `LSTM(F, H)` from the weights of a Keras LSTM.

    Shapes: kernel [F, 4H], recurrent_kernel [H, 4H], bias [4H]; ConfigurationError names the array that differs.
    """
    return _from_keras(kernel, recurrent_kernel, bias, _LSTM, suffix(layer, reverse))


def lstm_to_keras(state: Mapping[str, Tensor], *, layer: int | None = 0, reverse: bool = False) -> list[Tensor]:
    """The inverse of `lstm_from_keras`, in the order of Keras' `get_weights()`."""
    return _to_keras(state, _LSTM, suffix(layer, reverse), two_biases=False)


def _from_keras(
    kernel: Array, recurrent_kernel: Array, bias: Array | None, order: Sequence[int], end: str
) -> StateDict:
    G = str(len(order)).removeprefix("1")
    U = tensor_of("recurrent_kernel", recurrent_kernel, f"H {G}H")
    W = tensor_of("kernel", kernel, f"F {G}H", H=len(U))
    state = {f"weight_ih{end}": _reordered(W.T, order), f"weight_hh{end}": _reordered(U.T, order)}
    if bias is not None:
        state |= _biases(bias, order, len(U), end)
    return state


def _biases(bias: Array, order: Sequence[int], H: int, end: str) -> StateDict:
    G = str(len(order)).removeprefix("1")
    if order == _GRU and np.ndim(bias) == 2:
        both = tensor_of("bias", bias, f"2 {G}H", H=H)
        b_ih, b_hh = _reordered(both[0], order), _reordered(both[1], order)
    else:
        b_ih = _reordered(tensor_of("bias", bias, f"{G}H", H=H), order)
        b_hh = torch.zeros_like(b_ih)
    return {f"bias_ih{end}": b_ih, f"bias_hh{end}": b_hh}


def _to_keras(state: Mapping[str, Tensor], order: Sequence[int], end: str, *, two_biases: bool) -> list[Tensor]:
    layer = layer_of(state, len(order), end)
    weights = [_reordered(layer[name], order).T.contiguous() for name in ("weight_ih", "weight_hh")]
    if "bias_ih" not in layer:
        return weights
    if two_biases:
        return [*weights, torch.stack([_reordered(layer[name], order) for name in ("bias_ih", "bias_hh")])]
    return [*weights, _reordered(one_bias(layer), order)]


def _reordered(blocks: Tensor, order: Sequence[int]) -> Tensor:
    chunks = blocks.chunk(len(order))
    return torch.cat([chunks[position] for position in order])
