"""Gradients by torch's operators: those that will be differentiated again, or many at once; the engine has neither."""

from __future__ import annotations

import torch
from torch import Tensor

from tidegate.nn.cells.base import Recurrence, State
from tidegate.nn.cells.gru import GRURecurrence
from tidegate.nn.cells.lstm import LSTMRecurrence
from tidegate.nn.cells.rnn import RNNRecurrence
from tidegate.nn.kernels.native import Inputs, Options
from tidegate.nn.layout import Layout
from tidegate.nn.walk import Step, walk

_NAMES = {
    "weight_ih": "input_weights",
    "weight_hh": "recurrent_weights",
    "bias_ih": "input_bias",
    "bias_hh": "recurrent_bias",
    "weight_hr": "projection",
    "peephole": "peepholes",
}
_SEQUENCES = ("x", "keep", "keep_cell")


def differentiable_gradients(
    options: Options, inputs: Inputs, arriving: tuple[Tensor | None, ...], wanted: Inputs
) -> list[Tensor | None]:
    """Gradients of what is `wanted` (None: not), from what arrives at outputs, final state and, of an LSTM, cell."""
    again = torch.is_grad_enabled()
    walked = _walked if inputs.lengths is None else _walked_unpadded
    with torch.enable_grad():
        outputs = walked(options, inputs)
    reached = [(out, grad) for out, grad in zip(outputs, arriving, strict=False) if grad is not None]
    places = [place for place, one in enumerate(wanted) if one is not None]
    found = torch.autograd.grad(
        [out for out, _ in reached],
        [one for one in wanted if one is not None],
        [grad for _, grad in reached],
        create_graph=again,
        allow_unused=True,
    )
    gradients: list[Tensor | None] = [None] * len(wanted)
    for place, gradient in zip(places, found, strict=True):
        gradients[place] = gradient
    return gradients


def _walked_unpadded(options: Options, inputs: Inputs) -> list[Tensor]:
    """As `_walked`, of a batch with lengths: its rows are packed, walked and padded again."""
    assert inputs.lengths is not None

    def by_time(sequence: Tensor) -> Tensor:
        return sequence.transpose(0, 1) if options.batch_first else sequence

    layout = Layout.of_lengths(by_time(inputs.x), inputs.lengths)
    states = _initial(_recurrence(options, inputs), inputs, layout.batch)
    rows = {name: layout.gather(by_time(one)) for name in _SEQUENCES if (one := getattr(inputs, name)) is not None}
    sorted_parts = dict(zip(("state", "cell"), (layout.sort(one[None])[0] for one in states), strict=False))
    if inputs.dropout is not None:
        sorted_parts["dropout"] = layout.sort(inputs.dropout[None])[0]
    packed = inputs._replace(**rows, **sorted_parts, lengths=None, sizes=torch.tensor(layout.sizes))
    y, *final = _walked(options, packed)
    padded = layout.pad(y, inputs.x.size(1 if options.batch_first else 0))
    return [by_time(padded), *(layout.unsort(one[None])[0] for one in final)]


def _walked(options: Options, inputs: Inputs) -> list[Tensor]:
    recurrence = _recurrence(options, inputs)
    weights = {name: one for name, field in _NAMES.items() if (one := getattr(inputs, field)) is not None}
    projected = _steps(options, inputs, recurrence.project(inputs.x, weights))
    initial = _initial(recurrence, inputs, projected[0].size(0) if projected else 0)

    keeps = [_steps(options, inputs, one) for one in (inputs.keep, inputs.keep_cell) if one is not None]
    order = iter(reversed(range(len(projected))) if options.reverse else range(len(projected)))

    def step(rows: Tensor, state: State) -> State:
        now = next(order)
        h = state[0]
        seen = h if inputs.dropout is None else h * inputs.dropout[: h.size(0)]
        new, _ = recurrence.step(rows, state, seen, weights)
        if not keeps:
            return new
        return tuple(one + keep[now] * (old - one) for one, old, keep in zip(new, state, keeps, strict=True))

    return _outputs(options, inputs, step, projected, initial)


def _outputs(options: Options, inputs: Inputs, step: Step, projected: list[Tensor], initial: State) -> list[Tensor]:
    rows, final = walk(step, projected, initial, reverse=options.reverse)
    if inputs.sizes is None:
        rows = rows.view(len(projected), -1, rows.size(-1))
        rows = rows.transpose(0, 1) if options.batch_first else rows
    return [rows, *final]


def _steps(options: Options, inputs: Inputs, sequence: Tensor) -> list[Tensor]:
    """One tensor [b, ·] for each step."""
    if inputs.sizes is not None:
        return list(torch.split(sequence, inputs.sizes.tolist()))
    return list(sequence.unbind(1 if options.batch_first else 0))


def _initial(recurrence: Recurrence, inputs: Inputs, batch: int) -> State:
    given = (inputs.state, inputs.cell)
    units = inputs.recurrent_weights.size(0) // recurrence.gate_count
    widths = (inputs.recurrent_weights.size(1), units)[: len(recurrence.state_names)]
    return tuple(
        inputs.x.new_zeros(batch, width) if one is None else one for one, width in zip(given, widths, strict=False)
    )


def _recurrence(options: Options, inputs: Inputs) -> Recurrence:
    match options.kind:
        case "lstm":
            projected = 0 if inputs.projection is None else inputs.projection.size(0)
            return LSTMRecurrence(projected, inputs.peepholes is not None, False)
        case "gru_after" | "gru_before":
            return GRURecurrence("after" if options.kind == "gru_after" else "before", False)
    return RNNRecurrence(options.kind.removeprefix("rnn_"), False)
