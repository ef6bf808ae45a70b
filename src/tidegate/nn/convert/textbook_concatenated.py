"""Textbook weights with one matrix per gate on the concatenation [h, x], as in σ(W_r [h, x] + b_r).

The columns of W [H, H + F] meet the state first (H columns), then the input (F columns). In the GRU's candidate the
state in the concatenation is r ⊙ h.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from tidegate.errors import ConfigurationError
from tidegate.nn.convert.blocks import Array, StateDict, copied
from tidegate.nn.convert.textbook import gru_from_textbook, gru_to_textbook, lstm_from_textbook, lstm_to_textbook


class ConcatenatedGRU(NamedTuple):
    """The equations of `TextbookGRU` with W [H, H + F] on [h, x] (h first) and b [H] or None."""

    W_r: Tensor
    b_r: Tensor | None
    W_z: Tensor
    b_z: Tensor | None
    W_h: Tensor
    b_h: Tensor | None


class ConcatenatedLSTM(NamedTuple):
    """The equations of `TextbookLSTM` with W [H, H + F] on [h, x] (h first) and b [H] or None."""

    W_f: Tensor
    b_f: Tensor | None
    W_i: Tensor
    b_i: Tensor | None
    W_c: Tensor
    b_c: Tensor | None
    W_o: Tensor
    b_o: Tensor | None


def gru_from_textbook_concatenated(
    W_r: Array,
    b_r: Array | None,
    W_z: Array,
    b_z: Array | None,
    W_h: Array,
    b_h: Array | None,
    *,
    layer: int | None = 0,
    reverse: bool = False,
) -> StateDict:
    """The state dict of `GRU(F, H, reset="before")` from the weights of `ConcatenatedGRU`, exactly.

    Raises ConfigurationError naming the array whose shape does not fit W [H, H + F], b [H].
    """
    r, z, h = _split("W_r", W_r), _split("W_z", W_z), _split("W_h", W_h)
    return gru_from_textbook(*r, b_r, *z, b_z, *h, b_h, layer=layer, reverse=reverse)


def gru_to_textbook_concatenated(
    state: Mapping[str, Tensor], *, layer: int | None = 0, reverse: bool = False
) -> ConcatenatedGRU:
    """The inverse of `gru_from_textbook_concatenated`; `state` is that of a GRU with `reset="before"`."""
    t = gru_to_textbook(state, layer=layer, reverse=reverse)
    return ConcatenatedGRU(_joined(t.W_r, t.U_r), t.b_r, _joined(t.W_z, t.U_z), t.b_z, _joined(t.W_h, t.U_h), t.b_h)


def lstm_from_textbook_concatenated(
    W_f: Array,
    b_f: Array | None,
    W_i: Array,
    b_i: Array | None,
    W_c: Array,
    b_c: Array | None,
    W_o: Array,
    b_o: Array | None,
    *,
    layer: int | None = 0,
    reverse: bool = False,
) -> StateDict:
    """The state dict of `LSTM(F, H)` from the weights of `ConcatenatedLSTM`, exactly.

    Raises ConfigurationError naming the array whose shape does not fit W [H, H + F], b [H].
    """
    f, i, c, o = _split("W_f", W_f), _split("W_i", W_i), _split("W_c", W_c), _split("W_o", W_o)
    return lstm_from_textbook(*f, b_f, *i, b_i, *c, b_c, *o, b_o, layer=layer, reverse=reverse)


def lstm_to_textbook_concatenated(
    state: Mapping[str, Tensor], *, layer: int | None = 0, reverse: bool = False
) -> ConcatenatedLSTM:
    """The inverse of `lstm_from_textbook_concatenated`."""
    W_f, U_f, b_f, W_i, U_i, b_i, W_c, U_c, b_c, W_o, U_o, b_o = lstm_to_textbook(state, layer=layer, reverse=reverse)
    f, i, c, o = _joined(W_f, U_f), _joined(W_i, U_i), _joined(W_c, U_c), _joined(W_o, U_o)
    return ConcatenatedLSTM(f, b_f, i, b_i, c, b_c, o, b_o)


def _split(name: str, array: Array) -> tuple[Tensor, Tensor]:
    """The input's columns W [H, F] and the state's U [H, H] of a matrix [U | W]."""
    matrix = copied(name, array)
    if matrix.dim() != 2 or matrix.shape[1] <= len(matrix):
        raise ConfigurationError(
            f"{name} has shape {list(matrix.shape)}, expected [H, H + F], the state's columns first"
        )
    hidden = len(matrix)
    return matrix[:, hidden:], matrix[:, :hidden]


def _joined(W: Tensor, U: Tensor) -> Tensor:
    return torch.cat([U, W], dim=1)
