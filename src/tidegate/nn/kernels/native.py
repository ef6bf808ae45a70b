"""Glue between torch and `tidegate._native`: which tensor stands in which field of a call, and nothing else.

One call is one layer in one direction. The fields are those of `Call` in native/call.hpp, in that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from tidegate import _native

KINDS = {"rnn_tanh": 0, "rnn_relu": 1, "gru_after": 2, "gru_before": 3, "lstm": 4}
_FORWARD = {torch.float32: _native.forward_float32, torch.float64: _native.forward_float64}
_BACKWARD = {torch.float32: _native.backward_float32, torch.float64: _native.backward_float64}
_LAYOUT = {torch.float32: _native.saved_layout_float32, torch.float64: _native.saved_layout_float64}
_NO_SEQUENCE = (0, 0, 0)
_NO_GRADIENTS = (0,) * 16


@dataclass(frozen=True, slots=True)
class Options:
    """What is not a tensor in a call."""

    kind: str
    reverse: bool = False
    batch_first: bool = True


class Inputs(NamedTuple):
    """Tensors of a call; B batch, T time, F features, H units, P outputs (= H without a projection), G gates.

    Sequences are [B, T, ·] with `batch_first` and [T, B, ·] without; lengths is int64 on the CPU, None where all rows have
    T steps. `dropout` multiplies the state as the recurrent product sees it; `keep` is the share of the old state that
    stays (zoneout).
    """

    x: Tensor
    input_weights: Tensor  # [G·H, F]
    recurrent_weights: Tensor  # [G·H, P]
    input_bias: Tensor | None = None  # [G·H]
    recurrent_bias: Tensor | None = None  # [G·H]
    projection: Tensor | None = None  # [P, H]
    peepholes: Tensor | None = None  # [3, H]
    state: Tensor | None = None  # [B, P]
    cell: Tensor | None = None  # [B, H]
    dropout: Tensor | None = None  # [B, P]
    keep: Tensor | None = None  # [B, T, P]
    keep_cell: Tensor | None = None  # [B, T, H]
    lengths: Tensor | None = None  # [B]


class Outputs(NamedTuple):
    """Every step's state [B, T, P], the last one [B, P] and, of an LSTM, the last cell [B, H]."""

    y: Tensor
    state: Tensor
    cell: Tensor | None


def run(options: Options, inputs: Inputs) -> Outputs:
    """Walk one layer over a batch, with gradients where they are wanted."""
    inputs = Inputs(*[None if one is None else _dense(one) for one in inputs])
    if torch.is_grad_enabled() and any(one is not None and one.requires_grad for one in inputs):
        y, state, cell = _Layer.apply(options, *inputs)
        return Outputs(y, state, cell)
    return _forward(options, inputs, None)


class _Layer(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, options: Options, *tensors: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
        inputs = Inputs(*tensors)  # type: ignore[arg-type]
        saved = _saved(options, inputs)
        outputs = _forward(options, inputs, saved)
        ctx.options = options
        ctx.save_for_backward(outputs.y, saved, *tensors)
        ctx.set_materialize_grads(False)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *arriving: Tensor | None) -> tuple[Tensor | None, ...]:
        y, saved, *tensors = ctx.saved_tensors
        return (None, *_backward(ctx.options, Inputs(*tensors), y, saved, arriving, ctx.needs_input_grad[1:]))


def _dense(tensor: Tensor) -> Tensor:
    """The last axis must be dense; the engine takes any strides before it, of sequences only."""
    return tensor if tensor.is_contiguous() or (tensor.dim() == 3 and tensor.stride(2) == 1) else tensor.contiguous()


def _forward(options: Options, inputs: Inputs, saved: Tensor | None) -> Outputs:
    x, units, outputs = inputs.x, inputs.recurrent_weights.shape[0] // _gates(options), inputs.recurrent_weights.shape[1]
    batch = x.shape[0 if options.batch_first else 1]
    y = x.new_empty((x.shape[0], x.shape[1], outputs))
    state = x.new_empty((batch, outputs))
    cell = x.new_empty((batch, units)) if options.kind == "lstm" else None
    words = _fields(options, inputs, y, state, cell, saved) + _NO_GRADIENTS
    _FORWARD[x.dtype](words)
    return Outputs(y, state, cell)


def _backward(
    options: Options,
    inputs: Inputs,
    y: Tensor,
    saved: Tensor,
    arriving: tuple[Tensor | None, ...],
    wanted: tuple[bool, ...],
) -> list[Tensor | None]:
    dy, dstate, dcell = (None if one is None else _dense(one) for one in arriving)
    gradients = [torch.empty_like(one, memory_format=torch.contiguous_format) if want else None
                 for one, want in zip(inputs, wanted, strict=True)]
    of = Inputs(*gradients)  # type: ignore[arg-type]
    words = (
        *_fields(options, inputs, y, None, None, saved),
        *_sequence(dy, options),
        _pointer(dstate),
        _pointer(dcell),
        *_sequence(of.x, options),
        *map(_pointer, of[1:9]),
    )
    _BACKWARD[y.dtype](words)
    return gradients


def _fields(
    options: Options, inputs: Inputs, y: Tensor, state: Tensor | None, cell: Tensor | None, saved: Tensor | None
) -> tuple[int, ...]:
    x, gates = inputs.x, _gates(options)
    batch, steps = (x.shape[0], x.shape[1]) if options.batch_first else (x.shape[1], x.shape[0])
    return (
        KINDS[options.kind], steps, batch, x.shape[2],
        inputs.recurrent_weights.shape[0] // gates, inputs.recurrent_weights.shape[1],
        options.reverse, torch.get_num_threads(), _pointer(inputs.lengths),
        *_sequence(x, options),
        *map(_pointer, inputs[1:10]),
        *_sequence(inputs.keep, options),
        *_sequence(inputs.keep_cell, options),
        *_sequence(y, options),
        _pointer(state), _pointer(cell), _pointer(saved),
    )  # fmt: skip


def _gates(options: Options) -> int:
    return {"rnn": 1, "gru": 3, "lst": 4}[options.kind[:3]]


def _pointer(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.data_ptr()


def _sequence(tensor: Tensor | None, options: Options) -> tuple[int, int, int]:
    if tensor is None:
        return _NO_SEQUENCE
    first, second, _ = tensor.stride()
    return (tensor.data_ptr(), first, second) if options.batch_first else (tensor.data_ptr(), second, first)


def _saved(options: Options, inputs: Inputs) -> Tensor:
    """Room for what backward needs: true steps x saved slots x units rounded up to whole vectors."""
    lanes, slots = _LAYOUT[inputs.x.dtype](KINDS[options.kind], inputs.projection is not None)
    units = inputs.recurrent_weights.shape[0] // _gates(options)
    steps = inputs.x.shape[0] * inputs.x.shape[1] if inputs.lengths is None else int(inputs.lengths.sum())
    return inputs.x.new_empty(max(1, steps * slots * -(-units // lanes) * lanes))
