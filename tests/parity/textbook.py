"""The recurrences once more, as slowly and plainly as can be: the truth that the native engine is compared with."""

from __future__ import annotations

import torch
from torch import Tensor

from tidegate.nn.kernels.native import Inputs, Options, Outputs


def run(options: Options, inputs: Inputs) -> Outputs:
    """What `tidegate.nn.kernels.native.run` must give, each row of the batch walked by itself."""
    x = inputs.x if options.batch_first else inputs.x.transpose(0, 1)
    masks = [
        None if keep is None or options.batch_first else keep.transpose(0, 1)
        for keep in (inputs.keep, inputs.keep_cell)
    ]
    inputs = inputs._replace(
        x=x,
        keep=masks[0] if masks[0] is not None else inputs.keep,
        keep_cell=masks[1] if masks[1] is not None else inputs.keep_cell,
    )
    rows = [_walk(options, inputs, row) for row in range(x.shape[0])]
    y, state, cell = (torch.stack([row[part] for row in rows]) for part in range(3))
    return Outputs(y if options.batch_first else y.transpose(0, 1), state, cell if options.kind == "lstm" else None)


def _walk(options: Options, inputs: Inputs, row: int) -> tuple[Tensor, Tensor, Tensor]:
    steps, outputs = inputs.x.shape[1], inputs.recurrent_weights.shape[1]
    length = steps if inputs.lengths is None else int(inputs.lengths[row])
    h = inputs.x.new_zeros(outputs) if inputs.state is None else inputs.state[row]
    c = inputs.x.new_zeros(_units(options, inputs)) if inputs.cell is None else inputs.cell[row]
    y = [inputs.x.new_zeros(outputs)] * steps
    for t in reversed(range(length)) if options.reverse else range(length):
        seen = h if inputs.dropout is None else h * inputs.dropout[row]
        new_h, new_c = _STEPS[options.kind](inputs, inputs.x[row, t], seen, h, c)
        h = _kept(inputs.keep, row, t, h, new_h)
        c = _kept(inputs.keep_cell, row, t, c, new_c)
        y[t] = h
    return torch.stack(y) if y else inputs.x.new_zeros(0, outputs), h, c


def _kept(keep: Tensor | None, row: int, t: int, old: Tensor, new: Tensor) -> Tensor:
    return new if keep is None else keep[row, t] * old + (1 - keep[row, t]) * new


def _units(options: Options, inputs: Inputs) -> int:
    return inputs.recurrent_weights.shape[0] // (4 if options.kind == "lstm" else 1)


def _products(inputs: Inputs, x: Tensor, h: Tensor, gates: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    from_x, from_h = inputs.input_weights @ x, inputs.recurrent_weights @ h
    from_x = from_x if inputs.input_bias is None else from_x + inputs.input_bias
    from_h = from_h if inputs.recurrent_bias is None else from_h + inputs.recurrent_bias
    return from_x.chunk(gates), from_h.chunk(gates)


def _rnn(activation: object) -> object:
    def step(inputs: Inputs, x: Tensor, seen: Tensor, _h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        (from_x,), (from_h,) = _products(inputs, x, seen, 1)
        return activation(from_x + from_h), c

    return step


def _gru_after(inputs: Inputs, x: Tensor, seen: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    (xr, xz, xn), (hr, hz, hn) = _products(inputs, x, seen, 3)
    r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
    n = torch.tanh(xn + r * hn)
    return (1 - z) * n + z * h, c


def _gru_before(inputs: Inputs, x: Tensor, seen: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    (xr, xz, xn), (hr, hz, _) = _products(inputs, x, seen, 3)
    r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
    n = torch.tanh(xn + _products(inputs, x, r * seen, 3)[1][2])
    return (1 - z) * n + z * h, c


def _lstm(inputs: Inputs, x: Tensor, seen: Tensor, _h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    i, f, g, o = (a + b for a, b in zip(*_products(inputs, x, seen, 4), strict=True))
    peepholes = c.new_zeros(3, c.shape[0]) if inputs.peepholes is None else inputs.peepholes
    i, f = torch.sigmoid(i + peepholes[0] * c), torch.sigmoid(f + peepholes[1] * c)
    new = f * c + i * torch.tanh(g)
    shown = torch.sigmoid(o + peepholes[2] * new) * torch.tanh(new)
    return (shown if inputs.projection is None else inputs.projection @ shown), new


_STEPS = {
    "rnn_tanh": _rnn(torch.tanh),
    "rnn_relu": _rnn(torch.relu),
    "gru_after": _gru_after,
    "gru_before": _gru_before,
    "lstm": _lstm,
}
