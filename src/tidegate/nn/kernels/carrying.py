"""The path through the native engine: one call per layer and direction, dense or packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import dropout

from tidegate.nn.cells.base import Recurrence, State
from tidegate.nn.cells.gru import GRURecurrence
from tidegate.nn.cells.lstm import LSTMRecurrence
from tidegate.nn.cells.rnn import RNNRecurrence
from tidegate.nn.kernels import native, operators
from tidegate.nn.kernels.native import Inputs, Options, Outputs
from tidegate.nn.kernels.surroundings import transform_obstacle
from tidegate.nn.layout import Layout, as_rows

if TYPE_CHECKING:
    from tidegate.nn.layer import RecurrentLayer


def obstacle(layer: RecurrentLayer) -> str | None:
    """What keeps the engine from a call; second derivatives cannot be foreseen and raise when they are asked for."""
    weight = layer.weights(0, 0)["weight_ih"]
    if not native.AVAILABLE:
        return "the engine was not built: there was no C++ compiler"
    if kind_of(layer.recurrence) is None:
        return f"the engine has no {type(layer).__name__}{layer.recurrence.changed_options()}"
    if weight.device.type != "cpu":
        return f"the engine runs on the CPU, not on {weight.device}"
    if weight.dtype not in native.DTYPES:
        return f"the engine has no {weight.dtype}"
    if torch.is_autocast_enabled("cpu"):
        return "autocast chooses types by operator"
    return None if torch.compiler.is_compiling() else transform_obstacle()


def carry_native(
    layer: RecurrentLayer, index: int, rows: Tensor, layout: Layout, initial: State
) -> tuple[tuple[Tensor, ...], State]:
    """Carry one layer, each direction in a call of its own."""
    found = [_carry_direction(layer, (index, d), rows, layout, initial) for d in range(layer.num_directions)]
    outputs = tuple(as_rows(one.y) if layout.dense else one.y for one in found)
    final = [torch.stack([one.state for one in found])]
    if found[0].cell is not None:
        final.append(torch.stack([one.cell for one in found if one.cell is not None]))
    return outputs, tuple(final)


def _carry_direction(
    layer: RecurrentLayer, place: tuple[int, int], rows: Tensor, layout: Layout, initial: State
) -> Outputs:
    kind = kind_of(layer.recurrence)
    assert kind is not None
    state = tuple(part[place[1]] for part in initial)
    weights = layer.weights(*place)
    keep = [_shaped(_keep(layer, rows, part.size(1)), layout) for part in state]
    inputs = Inputs(
        rows.view(layout.steps, layout.batch, rows.size(1)) if layout.dense else rows,
        weights["weight_ih"],
        weights["weight_hh"],
        weights.get("bias_ih"),
        weights.get("bias_hh"),
        weights.get("weight_hr"),
        weights.get("peephole"),
        state[0],
        state[1] if len(state) > 1 else None,
        _dropout(layer, state[0]),
        keep[0],
        keep[1] if len(keep) > 1 else None,
        lengths=layout.lengths,
        sizes=None if layout.dense else torch.tensor(layout.sizes),
    )
    run = operators.run if torch.compiler.is_compiling() else native.run
    return run(Options(kind, reverse=place[1] == 1, batch_first=False), inputs)


def kind_of(recurrence: Recurrence) -> str | None:
    """The engine's name for exactly this equation, if it has one."""
    if getattr(recurrence, "layer_norm", False):
        return None
    # Not by `match`: torch.compile of older versions cannot trace it.
    if isinstance(recurrence, RNNRecurrence):
        return f"rnn_{recurrence.nonlinearity}"
    if isinstance(recurrence, GRURecurrence):
        return f"gru_{recurrence.reset}"
    return "lstm" if isinstance(recurrence, LSTMRecurrence) else None


def engine_number(recurrence: Recurrence) -> int | None:
    """The engine's number for exactly this equation, if it has one."""
    kind = kind_of(recurrence)
    return None if kind is None else native.KINDS[kind]


def _dropout(layer: RecurrentLayer, h: Tensor) -> Tensor | None:
    if not (layer.recurrent_dropout and layer.training):
        return None
    return dropout(torch.ones_like(h), layer.recurrent_dropout)


def _keep(layer: RecurrentLayer, rows: Tensor, width: int) -> Tensor | None:
    """Zoneout's share of the old state [N, width]: a draw in training, its expectation otherwise."""
    if not layer.zoneout:
        return None
    if layer.training:
        return rows.new_empty(rows.size(0), width).bernoulli_(layer.zoneout)
    return rows.new_full((1, width), layer.zoneout).expand(rows.size(0), width)


def _shaped(keep: Tensor | None, layout: Layout) -> Tensor | None:
    if keep is None or not layout.dense:
        return keep
    return keep.view(layout.steps, layout.batch, keep.size(1))
