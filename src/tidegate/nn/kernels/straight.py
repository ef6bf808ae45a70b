"""The short way for the commonest call: one plain layer, one direction, a padded batch, on the engine.

A short call takes a few microseconds in all, so this way asks as little as it can and lets the engine itself read
torch's tensors, check them and make new ones. Weights are read where they are at every call, and nothing is remembered
of them. Whatever is unusual, errors among it, is left to the long way.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, get_num_threads

from tidegate.nn.kernels.native import AVAILABLE, KINDS, Inputs, Options, walks_back

READY = False
"""Whether there is an engine, and this torch shows it its tensors."""

if AVAILABLE:
    from tidegate import _native

    READY = _native.adopt_tensors(torch)

_NAMES = tuple(KINDS)


def run_differentiably(
    kind: int, batch_first: bool, parameters: dict[str, Any], x: Any, state: Any, lengths: Any
) -> tuple[Tensor, Any] | None:
    """What a layer's `forward` returns, with gradients where they are wanted, or None where this way does not lead."""
    inputs = _native.plain_inputs(kind, batch_first, parameters, x, state, lengths)
    if inputs is None:
        return None
    if not inputs:
        return _native.plain_forward(kind, batch_first, get_num_threads(), parameters, x, state, lengths)
    y, *final = _apply(kind, batch_first, *inputs)
    return y, final[0] if len(final) == 1 else tuple(final)


class _Plain(torch.autograd.Function):
    """Inputs as in `Inputs` as far as `cell`, but states [1, B, ·], and lengths."""

    @staticmethod
    def forward(ctx: Any, kind: int, batch_first: bool, *inputs: Tensor | None) -> tuple[Tensor, ...]:
        *outputs, saved = _native.plain_saving_forward(kind, batch_first, get_num_threads(), inputs)
        ctx.save_for_backward(outputs[0], saved, *inputs)
        ctx.way = kind, batch_first
        ctx.set_materialize_grads(False)
        return tuple(outputs)

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor | None) -> tuple[Tensor | None, ...]:
        kind, batch_first = ctx.way
        if walks_back(arriving):
            return (None, None, *_differentiable(Options(_NAMES[kind], False, batch_first), ctx, arriving))
        wanted = ctx.needs_input_grad
        return _native.plain_backward(kind, batch_first, get_num_threads(), ctx.saved_tensors, arriving, wanted)


def _differentiable(options: Options, ctx: Any, arriving: tuple[Tensor | None, ...]) -> list[Tensor | None]:
    from tidegate.nn.kernels.second_order import differentiable_gradients

    *inputs, lengths = ctx.saved_tensors[2:]
    asked = zip(inputs, ctx.needs_input_grad[2:], strict=False)
    wanted = Inputs._make(
        [*(one if want else None for one, want in asked), *[None] * (len(Inputs._fields) - len(inputs))]
    )
    states = [None if one is None else one[0] for one in inputs[7:]]
    y, *final = arriving
    arriving = (y, *(None if one is None else one[0] for one in final))
    given = Inputs(*inputs[:7], *states)._replace(lengths=lengths)
    return [*differentiable_gradients(options, given, arriving, wanted)[: len(inputs)], None]


# Function.apply looks for functorch's transforms and old ways of writing such functions, for two microseconds.
_apply: Any = getattr(super(torch.autograd.Function, _Plain), "apply", _Plain.apply)
