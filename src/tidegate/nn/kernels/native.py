"""Glue between torch and `tidegate._native`: which tensor stands in which field of a call, and nothing else.

One call is one layer in one direction. The fields are those of `Call` in native/call.hpp, in that order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from tidegate import compiled
from tidegate.nn.kernels.surroundings import is_batched

_native = compiled.load()
AVAILABLE = _native is not None
if AVAILABLE:
    _FORWARD = {torch.float32: _native.forward_float32, torch.float64: _native.forward_float64}
    _BACKWARD = {torch.float32: _native.backward_float32, torch.float64: _native.backward_float64}
    _LAYOUT = {torch.float32: _native.saved_layout_float32, torch.float64: _native.saved_layout_float64}

KINDS = {"rnn_tanh": 0, "rnn_relu": 1, "gru_after": 2, "gru_before": 3, "lstm": 4}
GATES = {"rnn_tanh": 1, "rnn_relu": 1, "gru_after": 3, "gru_before": 3, "lstm": 4}
DTYPES = frozenset((torch.float32, torch.float64))
_SEQUENCES = frozenset(("x", "keep", "keep_cell"))
_COUNTS = frozenset(("lengths", "sizes"))
_NO_SEQUENCE = (0, 0, 0)
_NO_GRADIENTS = (0,) * 16


class Options(NamedTuple):
    """What is not a tensor in a call."""

    kind: str
    reverse: bool = False
    batch_first: bool = True


class Inputs(NamedTuple):
    """Tensors of a call; B batch, T time, F features, H units, P outputs (= H without a projection), G gates.

    Sequences are [B, T, ·] with `batch_first`, [T, B, ·] without, and [N, ·], the rows of all true steps as in a
    PackedSequence, where `sizes` are given. Lengths and sizes are int64 on the CPU; without either, all rows have T
    steps. `dropout` multiplies the state as the recurrent product sees it; `keep` is the share of the old state that
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
    sizes: Tensor | None = None  # [T]


class Outputs(NamedTuple):
    """Every step's state [B, T, P], the last one [B, P] and, of an LSTM, the last cell [B, H]."""

    y: Tensor
    state: Tensor
    cell: Tensor | None


class Shape(NamedTuple):
    steps: int
    batch: int
    features: int
    units: int
    outputs: int


def run(options: Options, inputs: Inputs) -> Outputs:
    """Walk one layer over a batch, with gradients where they are wanted."""
    inputs = dense(inputs)
    # A list, not a generator: this runs in every call, and short calls are told apart by microseconds.
    if torch.is_grad_enabled() and any([one is not None and one.requires_grad for one in inputs]):  # noqa: C419
        return Outputs._make(_Layer.apply(options, *inputs))  # type: ignore[no-untyped-call]  # torch gives it no types
    return forward(options, inputs, shape_of(options, inputs), None)


class _Layer(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, options: Options, *tensors: Tensor | None) -> tuple[Tensor | None, ...]:
        inputs = Inputs._make(tensors)
        shape = shape_of(options, inputs)
        saved = room_to_save(options, inputs, shape)
        outputs = forward(options, inputs, shape, saved)
        ctx.options, ctx.shape = options, shape
        ctx.save_for_backward(outputs.y, saved, *tensors)
        ctx.set_materialize_grads(False)
        return outputs

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor | None) -> tuple[Tensor | None, ...]:
        y, saved, *tensors = ctx.saved_tensors
        wanted = [one if want else None for one, want in zip(tensors, ctx.needs_input_grad[1:], strict=True)]
        inputs = Inputs._make(tensors)
        if walks_back(arriving):
            from tidegate.nn.kernels.second_order import differentiable_gradients

            return (None, *differentiable_gradients(ctx.options, inputs, arriving, Inputs._make(wanted)))
        return (None, *backward(ctx.options, inputs, ctx.shape, (y, saved), arriving, Inputs._make(wanted)))


def walks_back(arriving: Iterable[Tensor | None]) -> bool:
    """Whether gradients are for torch's operators: they will be differentiated again, or are many in one tensor."""
    return torch.is_grad_enabled() or is_batched(arriving)


def lend_threads(threads: int) -> int:
    """Lets calls of this Python thread have so many threads though torch has fewer; returns how many it was before."""
    return _native.lend_threads(threads) if AVAILABLE else 0


def dense(inputs: Inputs) -> Inputs:
    """The same tensors as the engine can read them: sequences in any strides but the last, the others contiguous."""
    return Inputs._make(
        [
            one
            if one is None or one.is_contiguous() or (name in _SEQUENCES and one.stride(-1) == 1)
            else one.contiguous()
            for name, one in zip(Inputs._fields, inputs, strict=True)
        ]
    )


def shape_of(options: Options, inputs: Inputs) -> Shape:
    """The sizes of a call; the engine trusts them, so every tensor is held against them here."""
    rows, outputs = inputs.recurrent_weights.shape
    *time, features = inputs.x.shape
    if inputs.sizes is not None:
        batch = int(inputs.sizes[0]) if inputs.state is None else inputs.state.shape[0]
        time = [len(inputs.sizes), batch]
    elif options.batch_first:
        time.reverse()
    shape = Shape(time[0], time[1], features, rows // GATES[options.kind], outputs)
    sequence = tuple(inputs.x.shape[:-1])
    expected = (
        None, (rows, features), None, (rows,), (rows,), (outputs, shape.units), None,
        (shape.batch, outputs), (shape.batch, shape.units), (shape.batch, outputs),
        (*sequence, outputs), (*sequence, shape.units), (shape.batch,), None,
    )  # fmt: skip
    for one, size, name in zip(inputs, expected, Inputs._fields, strict=True):
        if one is None:
            continue
        if size is not None and one.shape != size:
            raise ValueError(f"{name} has shape {list(one.shape)}, expected {list(size)}")
        dtype = torch.int64 if name in _COUNTS else inputs.x.dtype
        if one.dtype != dtype:
            raise ValueError(f"{name} is {one.dtype}, expected {dtype}")
    return shape


def forward(options: Options, inputs: Inputs, shape: Shape, saved: Tensor | None) -> Outputs:
    outputs = room_for_outputs(options, inputs, shape)
    _FORWARD[inputs.x.dtype](_fields(options, inputs, shape, (*outputs, saved)) + _NO_GRADIENTS)
    return outputs


def backward(
    options: Options,
    inputs: Inputs,
    shape: Shape,
    kept: tuple[Tensor, Tensor],
    arriving: tuple[Tensor | None, ...],
    wanted: Inputs,
) -> list[Tensor | None]:
    """Gradients of what is `wanted`, from what forward put out and saved and from what arrives at its outputs."""
    y, saved = kept
    dy, dstate, dcell = (one if one is None or one.is_contiguous() else one.contiguous() for one in arriving)
    gradients = [None if one is None else torch.empty_like(one) for one in wanted]
    words = (
        *_fields(options, inputs, shape, (y, None, None, saved)),
        *_sequence(dy, options),
        _pointer(dstate),
        _pointer(dcell),
        *_sequence(gradients[0], options),
        *[0 if one is None else one.data_ptr() for one in gradients[1:9]],
    )
    _BACKWARD[y.dtype](words)
    return gradients


def room_for_outputs(options: Options, inputs: Inputs, shape: Shape) -> Outputs:
    x = inputs.x
    y = x.new_empty((*x.shape[:-1], shape.outputs))
    state = x.new_empty((shape.batch, shape.outputs))
    return Outputs(y, state, x.new_empty((shape.batch, shape.units)) if options.kind == "lstm" else None)


def _fields(options: Options, inputs: Inputs, shape: Shape, outputs: tuple[Tensor | None, ...]) -> tuple[int, ...]:
    y, *rest = outputs
    return (
        KINDS[options.kind], *shape, options.reverse, torch.get_num_threads(), 0, 0,
        _pointer(inputs.lengths), _pointer(inputs.sizes),
        *_sequence(inputs.x, options),
        *[0 if one is None else one.data_ptr() for one in inputs[1:10]],
        *_sequence(inputs.keep, options),
        *_sequence(inputs.keep_cell, options),
        *_sequence(y, options),
        *[0 if one is None else one.data_ptr() for one in rest],
    )  # fmt: skip


def _pointer(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.data_ptr()


def _sequence(tensor: Tensor | None, options: Options) -> tuple[int, int, int]:
    """Address, distance of two rows of the batch, distance of two steps."""
    if tensor is None:
        return _NO_SEQUENCE
    first, second, *_ = (*tensor.stride()[:-1], tensor.stride(0))
    return (tensor.data_ptr(), first, second) if options.batch_first else (tensor.data_ptr(), second, first)


def room_to_save(options: Options, inputs: Inputs, shape: Shape) -> Tensor:
    """Room for what backward needs: steps x saved slots x units rounded up to whole vectors."""
    lanes, slots = _LAYOUT[inputs.x.dtype](KINDS[options.kind], inputs.projection is not None)
    return inputs.x.new_empty((math.prod(inputs.x.shape[:-1]), slots, -(-shape.units // lanes) * lanes))
