"""Layers one above the other: what passes between them, whatever carries each of them over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor
from torch.nn.functional import dropout

from tidegate.nn.cells.base import State
from tidegate.nn.layout import Layout

if TYPE_CHECKING:
    from tidegate.nn.layer import RecurrentLayer


class Carry(Protocol):
    """Carries one layer, in all its directions, over time: the place of a path.

    From the rows [N, F] and the states, each [D, B, width], to the outputs of each direction [N, width] and the states
    after each sequence's own last step.
    """

    def __call__(
        self, layer: RecurrentLayer, index: int, rows: Tensor, layout: Layout, initial: State
    ) -> tuple[tuple[Tensor, ...], State]: ...


def run_stack(
    layer: RecurrentLayer, rows: Tensor, layout: Layout, initial: State, carry: Carry
) -> tuple[Tensor, State]:
    """Carry all layers: rows [N, F] and states [L·D, B, width] → the last layer's outputs and the final states."""
    states: list[State] = []
    for index in range(layer.num_layers):
        first = index * layer.num_directions
        before = tuple(part[first : first + layer.num_directions] for part in initial)
        outputs, after = carry(layer, index, _dropped(layer, index, rows), layout, before)
        merged = _merge(layer.merge, outputs)
        rows = merged + rows if layer.residual and index else merged
        states.append(after)
    return rows, tuple(torch.cat(parts) for parts in zip(*states, strict=True))


def _dropped(layer: RecurrentLayer, index: int, rows: Tensor) -> Tensor:
    if index and layer.dropout and layer.training:
        return dropout(rows, layer.dropout)
    return rows


def _merge(how: str, outputs: tuple[Tensor, ...]) -> Tensor:
    if len(outputs) == 1:
        return outputs[0]
    if how == "concat":
        return torch.cat(outputs, dim=-1)
    summed = outputs[0] + outputs[1]
    return summed / 2 if how == "mean" else summed
