"""The path that always runs: each direction of a layer walked step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tidegate.nn.cells.base import Gates, State
from tidegate.nn.layout import Layout
from tidegate.nn.walk import Regularisation, bind, walk

if TYPE_CHECKING:
    from tidegate.nn.layer import RecurrentLayer


def carry_walking(
    layer: RecurrentLayer,
    index: int,
    rows: Tensor,
    layout: Layout,
    initial: State,
    traces: list[list[Gates]] | None = None,
) -> tuple[tuple[Tensor, ...], State]:
    """Carry one layer by its cell's own step; `traces` gets the gates of each direction, in the order of time."""
    outputs, finals = [], []
    for direction in range(layer.num_directions):
        state = tuple(part[direction] for part in initial)
        trace: list[Gates] | None = None if traces is None else []
        output, final = _carry_direction(layer, (index, direction), rows, layout, state, trace)
        outputs.append(output)
        finals.append(final)
        if traces is not None and trace is not None:
            traces.append(trace[::-1] if direction else trace)
    return tuple(outputs), tuple(torch.stack(parts) for parts in zip(*finals, strict=True))


def _carry_direction(
    layer: RecurrentLayer,
    place: tuple[int, int],
    rows: Tensor,
    layout: Layout,
    initial: State,
    trace: list[Gates] | None,
) -> tuple[Tensor, State]:
    weights = layer.weights(*place)
    regularisation = Regularisation(layer.recurrent_dropout, layer.zoneout, layer.training)
    step = bind(layer.recurrence, weights, initial, regularisation, trace)
    projected = layer.recurrence.project(rows, weights)
    if trace is not None and not layout.sizes:
        # A step on no rows at all still tells the names and widths of the gates.
        step(projected, tuple(part[:0] for part in initial))
    output, final = walk(step, torch.split(projected, list(layout.sizes)), initial, reverse=place[1] == 1)
    if layout.sizes:
        return output, final
    # Without a step all is as it was, but what is computed from it may be differentiated.
    nothing = projected.sum()
    return output + nothing, tuple(part + nothing for part in final)
