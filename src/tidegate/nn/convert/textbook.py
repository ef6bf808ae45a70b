"""Weights as courses and papers write them: two matrices and one bias for each gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from torch import Tensor

from tidegate.nn.convert.blocks import Array, Gate, StateDict, all_or_no_biases, gates_of, state_of, suffix, tensor_of


class TextbookRNN(NamedTuple):
    """h' = tanh(W_xh x + W_hh h + b), with W_xh [H, F], W_hh [H, H], b [H] or None; also with ReLU for tanh."""

    W_xh: Tensor
    W_hh: Tensor
    b: Tensor | None


class TextbookGRU(NamedTuple):
    """The gated recurrent unit of Cho et al. (2014) as Chung et al. (2014, arXiv:1412.3555) write it.

        r  = σ(W_r x + U_r h + b_r)           reset
        z  = σ(W_z x + U_z h + b_z)           share written
        ĥ  = tanh(W_h x + U_h (r⊙h) + b_h)    candidate
        h' = (1 − z) ⊙ h + z ⊙ ĥ

    Shapes: W [H, F], U [H, H], b [H] or all three biases None.
    """

    W_r: Tensor
    U_r: Tensor
    b_r: Tensor | None
    W_z: Tensor
    U_z: Tensor
    b_z: Tensor | None
    W_h: Tensor
    U_h: Tensor
    b_h: Tensor | None


class TextbookLSTM(NamedTuple):
    """The LSTM with forget gate (Gers et al., 2000, doi:10.1162/089976600300015015).

        f  = σ(W_f x + U_f h + b_f)       forget
        i  = σ(W_i x + U_i h + b_i)       input
        ĉ  = tanh(W_c x + U_c h + b_c)    candidate
        o  = σ(W_o x + U_o h + b_o)       output
        c' = f ⊙ c + i ⊙ ĉ
        h' = o ⊙ tanh(c')

    Shapes: W [H, F], U [H, H], b [H] or all four biases None.
    """

    W_f: Tensor
    U_f: Tensor
    b_f: Tensor | None
    W_i: Tensor
    U_i: Tensor
    b_i: Tensor | None
    W_c: Tensor
    U_c: Tensor
    b_c: Tensor | None
    W_o: Tensor
    U_o: Tensor
    b_o: Tensor | None


def rnn_from_textbook(
    W_xh: Array, W_hh: Array, b: Array | None = None, *, layer: int | None = 0, reverse: bool = False
) -> StateDict:
    """The state dict of `RNN(F, H)` from the weights of `TextbookRNN`; raises ConfigurationError for a wrong shape."""
    gates = _checked(dict(zip(TextbookRNN._fields, (W_xh, W_hh, b), strict=True)))
    return state_of(list(gates), suffix(layer, reverse))


def rnn_to_textbook(state: Mapping[str, Tensor], *, layer: int | None = 0, reverse: bool = False) -> TextbookRNN:
    """The inverse of `rnn_from_textbook`."""
    (gate,) = gates_of(state, 1, suffix(layer, reverse))
    return TextbookRNN(*gate)


def gru_from_textbook(
    W_r: Array,
    U_r: Array,
    b_r: Array | None,
    W_z: Array,
    U_z: Array,
    b_z: Array | None,
    W_h: Array,
    U_h: Array,
    b_h: Array | None,
    *,
    layer: int | None = 0,
    reverse: bool = False,
) -> StateDict:
    """The state dict of `GRU(F, H, reset="before")` from the weights of `TextbookGRU`, exactly.

    Raises ConfigurationError naming the array whose shape does not fit W [H, F], U [H, H], b [H].
    """
    given = (W_r, U_r, b_r, W_z, U_z, b_z, W_h, U_h, b_h)
    r, z, h = _checked(dict(zip(TextbookGRU._fields, given, strict=True)))
    return state_of([r, z.negated(), h], suffix(layer, reverse))


def gru_to_textbook(state: Mapping[str, Tensor], *, layer: int | None = 0, reverse: bool = False) -> TextbookGRU:
    """The inverse of `gru_from_textbook`; `state` is that of a GRU with `reset="before"`; others have no such form."""
    r, keep, h = gates_of(state, 3, suffix(layer, reverse))
    return TextbookGRU(*r, *keep.negated(), *h)


def lstm_from_textbook(
    W_f: Array,
    U_f: Array,
    b_f: Array | None,
    W_i: Array,
    U_i: Array,
    b_i: Array | None,
    W_c: Array,
    U_c: Array,
    b_c: Array | None,
    W_o: Array,
    U_o: Array,
    b_o: Array | None,
    *,
    layer: int | None = 0,
    reverse: bool = False,
) -> StateDict:
    """The state dict of `LSTM(F, H)` from the weights of `TextbookLSTM`, exactly.

    Raises ConfigurationError naming the array whose shape does not fit W [H, F], U [H, H], b [H].
    """
    given = (W_f, U_f, b_f, W_i, U_i, b_i, W_c, U_c, b_c, W_o, U_o, b_o)
    f, i, c, o = _checked(dict(zip(TextbookLSTM._fields, given, strict=True)))
    return state_of([i, f, c, o], suffix(layer, reverse))


def lstm_to_textbook(state: Mapping[str, Tensor], *, layer: int | None = 0, reverse: bool = False) -> TextbookLSTM:
    """The inverse of `lstm_from_textbook`."""
    i, f, c, o = gates_of(state, 4, suffix(layer, reverse))
    return TextbookLSTM(*f, *i, *c, *o)


def _checked(arrays: Mapping[str, Array | None]) -> Iterator[Gate]:
    """The gates in the order given, three arrays each; H is that of the first U, which is square, F the first W's."""
    names = list(arrays)
    triples = [names[start : start + 3] for start in range(0, len(names), 3)]
    all_or_no_biases({b: arrays[b] for _, _, b in triples})
    H = len(tensor_of(names[1], arrays[names[1]], "H H"))
    F = tensor_of(names[0], arrays[names[0]], "H F", H=H).shape[1]
    for W, U, b in triples:
        bias = None if arrays[b] is None else tensor_of(b, arrays[b], "H", H=H)
        yield Gate(tensor_of(W, arrays[W], "H F", H=H, F=F), tensor_of(U, arrays[U], "H H", H=H), bias)
