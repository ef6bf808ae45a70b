"""The path through torch's own fused operators: one call per layer, dense or packed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from tidegate.nn.cells.base import State
from tidegate.nn.layout import Layout, as_rows

if TYPE_CHECKING:
    from tidegate.nn.layer import RecurrentLayer


def carry_fused(
    layer: RecurrentLayer, index: int, rows: Tensor, layout: Layout, initial: State
) -> tuple[tuple[Tensor, ...], State]:
    """Carry one layer, all directions in one call."""
    batch = layout.batch if layout.ragged is None else layout.ragged[0]
    # torch knows no sequence without steps: they stand last, stay outside the call and keep their state.
    active = tuple(part[:, :batch].contiguous() for part in initial)
    output, *final = _call(layer, index, rows, layout, active)
    if batch < layout.batch:
        final = [torch.cat((new, old[:, batch:]), dim=1) for new, old in zip(final, initial, strict=True)]
    return output.chunk(layer.num_directions, dim=-1), tuple(final)


def _call(layer: RecurrentLayer, index: int, rows: Tensor, layout: Layout, initial: State) -> Any:
    operator = getattr(torch, str(layer.recurrence.fused_operator))
    weights = [
        weight for direction in range(layer.num_directions) for weight in layer.weights(index, direction).values()
    ]
    hx = initial if len(initial) > 1 else initial[0]
    # One layer, no dropout: what passes between layers is the stack's business.
    shape = (weights, layer.bias, 1, 0.0, layer.training, layer.bidirectional)
    if layout.dense:
        dense = rows.view(layout.steps, layout.batch, rows.size(1))
        output, *final = operator(dense, hx, *shape, False)
        return as_rows(output), *final
    return operator(rows, torch.tensor(layout.sizes), hx, *shape)
