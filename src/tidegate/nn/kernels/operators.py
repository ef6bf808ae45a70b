"""The engine as custom operators, which torch.compile and torch.export can see through.

Called eagerly such an operator costs a third of a millisecond more than the autograd function in native.py, so these
run only while torch traces.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tidegate.nn.kernels import native
from tidegate.nn.kernels.native import Inputs, Options, Outputs

_GRADIENTS = 9
"""The inputs that have gradients are the first ones."""


@torch.library.custom_op("tidegate::layer", mutates_args=())
def layer(
    x: Tensor,
    input_weights: Tensor,
    recurrent_weights: Tensor,
    input_bias: Tensor | None,
    recurrent_bias: Tensor | None,
    projection: Tensor | None,
    peepholes: Tensor | None,
    state: Tensor | None,
    cell: Tensor | None,
    dropout: Tensor | None,
    keep: Tensor | None,
    keep_cell: Tensor | None,
    lengths: Tensor | None,
    sizes: Tensor | None,
    kind: str,
    reverse: bool,
    batch_first: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """One layer in one direction: y, last state, last cell (without values if there is none), what backward needs."""
    tensors = (x, input_weights, recurrent_weights, input_bias, recurrent_bias, projection, peepholes, state, cell)
    inputs = native.dense(Inputs(*tensors, dropout, keep, keep_cell, lengths, sizes))
    options = Options(kind, reverse, batch_first)
    shape = native.shape_of(options, inputs)
    # An operator's outputs must be the same every time, also where a row has no true step.
    saved = native.room_to_save(options, inputs, shape).zero_()
    y, last, last_cell = native.forward(options, inputs, shape, saved)
    return y, last, x.new_empty(0) if last_cell is None else last_cell, saved


@layer.register_fake
def _(*arguments: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    *tensors, kind, reverse, batch_first = arguments
    options, inputs = Options(kind, reverse, batch_first), Inputs(*tensors)
    shape = native.shape_of(options, inputs)
    y, last, last_cell = native.room_for_outputs(options, inputs, shape)
    saved = native.room_to_save(options, inputs, shape)
    return y, last, inputs.x.new_empty(0) if last_cell is None else last_cell, saved


# Older versions of torch do not read this from the annotations.
_BACKWARD_SCHEMA = """(Tensor?[] tensors, Tensor y, Tensor saved, Tensor? dy, Tensor? dstate, Tensor? dcell,
bool[] wanted, str kind, bool reverse, bool batch_first) -> Tensor[]"""


@torch.library.custom_op("tidegate::layer_backward", mutates_args=(), schema=_BACKWARD_SCHEMA)
def layer_backward(
    tensors: list[Tensor | None],
    y: Tensor,
    saved: Tensor,
    dy: Tensor | None,
    dstate: Tensor | None,
    dcell: Tensor | None,
    wanted: list[bool],
    kind: str,
    reverse: bool,
    batch_first: bool,
) -> list[Tensor]:
    """Gradients of the first inputs of `layer`; without values where none is wanted."""
    options, inputs = Options(kind, reverse, batch_first), native.dense(Inputs._make(tensors))
    shape = native.shape_of(options, inputs)
    wishes = Inputs._make([one if want else None for one, want in zip(inputs, wanted, strict=True)])
    gradients = native.backward(options, inputs, shape, (y, saved), (dy, dstate, dcell), wishes)
    return [y.new_empty(0) if one is None else one for one in gradients[:_GRADIENTS]]


@layer_backward.register_fake
def _(tensors: list[Tensor | None], y: Tensor, *arguments: Any) -> list[Tensor]:
    wanted: list[bool] = arguments[4]
    pairs = zip(tensors[:_GRADIENTS], wanted[:_GRADIENTS], strict=True)
    return [torch.empty_like(one) if one is not None and want else y.new_empty(0) for one, want in pairs]


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    *tensors, kind, reverse, batch_first = inputs
    ctx.save_for_backward(output[0], output[3], *tensors)
    ctx.options = kind, reverse, batch_first
    ctx.mark_non_differentiable(output[3])


def _differentiate(ctx: Any, *arriving: Tensor | None) -> tuple[Tensor | None, ...]:
    y, saved, *tensors = ctx.saved_tensors
    wanted = [*ctx.needs_input_grad[:_GRADIENTS]] + [False] * (len(tensors) - _GRADIENTS)
    dcell = arriving[2] if ctx.options[0] == "lstm" else None
    found = torch.ops.tidegate.layer_backward(tensors, y, saved, arriving[0], arriving[1], dcell, wanted, *ctx.options)
    gradients = [one if want else None for one, want in zip(found, wanted[:_GRADIENTS], strict=True)]
    return (*gradients, *[None] * (len(tensors) - _GRADIENTS + len(ctx.options)))


layer.register_autograd(_differentiate, setup_context=_setup_context)


def run(options: Options, inputs: Inputs) -> Outputs:
    """As `native.run`, for tracing."""
    y, state, cell, _ = torch.ops.tidegate.layer(*inputs, *options)
    return Outputs(y, state, cell if options.kind == "lstm" else None)
