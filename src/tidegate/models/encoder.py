"""The encoder that all tasks share: a stack of recurrent layers with its regularisers."""

from __future__ import annotations

from typing import Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, PositiveInt
from torch import Tensor, nn

from tidegate import nn as gated
from tidegate.errors import ConfigurationError
from tidegate.models.normalisation import SequenceBatchNorm
from tidegate.nn.init import initialise
from tidegate.nn.layer import RecurrentLayer

CellName = Literal["rnn", "gru", "lstm", "mingru", "minlstm"]
State = Any  # a tensor, for an LSTM a pair; one for each layer, in a list, where batch norm stands between them

LAYERS: dict[str, Any] = {
    "rnn": gated.RNN,
    "gru": gated.GRU,
    "lstm": gated.LSTM,
    "mingru": gated.MinGRU,
    "minlstm": gated.MinLSTM,
}
LABELS = {"rnn": "RNN", "gru": "GRU", "lstm": "LSTM", "mingru": "MinGRU", "minlstm": "MinLSTM"}
_OWNERS = {"reset": ("gru",), "layer_norm": ("rnn", "gru", "lstm")}  # options that not every cell has
_Share = Field(default=0.0, ge=0.0, lt=1.0)


class EncoderOptions(BaseModel):
    """What the encoder is made of; dropouts are shares in [0, 1) and act in training only.

    cell, hidden_size, num_layers: the recurrence, its units in each layer, and how many layers stand on each other.
    bidirectional: reads from both ends; merge: how the two readings become one.
    residual: from the second layer on, a layer adds what it was given to what it makes of it.
    dropout: between the layers; input_dropout: of the inputs; recurrent_dropout: of the state that the recurrent
        product sees, one mask per sequence; zoneout: units that keep their old value. `tidegate.nn.GRU` has the papers.
    layer_norm: inside the cell (not of the minimal cells); batch_norm: between the layers.
    reset: of the GRU, before or after the recurrent product.
    initialisation: schemes of `tidegate.nn.init`, one on top of the other; none leaves torch's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cell: CellName = "gru"
    hidden_size: PositiveInt = 64
    num_layers: PositiveInt = 1
    bidirectional: bool = False
    residual: bool = False
    dropout: float = _Share
    input_dropout: float = _Share
    recurrent_dropout: float = _Share
    zoneout: float = _Share
    layer_norm: bool = False
    batch_norm: bool = False
    reset: Literal["after", "before"] = "after"
    merge: Literal["concat", "sum", "mean"] = "concat"
    initialisation: tuple[str, ...] = ()


def check_encoder(options: EncoderOptions) -> None:
    """Raises ConfigurationError for options that do not go together, without memory taken or numbers drawn."""
    with torch.device("meta"):
        Encoder(1, options)


class Encoder(nn.Module):
    """Recurrent layers over `[B, T, F]`, with dropout on the input and, if asked, batch norm between the layers.

    Returns outputs `[B, T, D·H]` (`[B, T, H]` when the directions are merged by sum or mean) and the final state,
    which may be handed back in to go on where the sequence stopped. `lengths` [B] tells the true steps of each row.
    """

    def __init__(self, input_size: int, options: EncoderOptions) -> None:
        super().__init__()
        directions = 2 if options.bidirectional and options.merge == "concat" else 1
        self.output_size = directions * options.hidden_size
        self.input_dropout = nn.Dropout(options.input_dropout)
        self.recurrence: nn.Module = (
            _NormalisedStack(input_size, options) if options.batch_norm else _stack(input_size, options)
        )

    def forward(self, x: Tensor, state: State = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        output, final = self.recurrence(self.input_dropout(x), state, lengths=lengths)
        return output, final


class _NormalisedStack(nn.Module):
    """One layer after the other, with batch norm (Ioffe & Szegedy 2015) and dropout between them; a state per layer."""

    def __init__(self, input_size: int, options: EncoderOptions) -> None:
        super().__init__()
        single = options.model_copy(update={"num_layers": 1})
        width = options.hidden_size * (2 if options.bidirectional and options.merge == "concat" else 1)
        sizes = [input_size] + [width] * (options.num_layers - 1)
        self.layers = nn.ModuleList(_stack(size, single) for size in sizes)
        self.norms = nn.ModuleList(SequenceBatchNorm(width) for _ in sizes[1:])
        self.dropout = nn.Dropout(options.dropout)
        self.residual = options.residual

    def forward(self, x: Tensor, state: State = None, *, lengths: Tensor | None = None) -> tuple[Tensor, list[State]]:
        states = [None] * len(self.layers) if state is None else state
        output, first = self.layers[0](x, states[0], lengths=lengths)
        finals = [first]
        for layer, norm, initial in zip(self.layers[1:], self.norms, states[1:], strict=True):
            below = norm(output, lengths)
            output, final = layer(self.dropout(below), initial, lengths=lengths)
            output = output + below if self.residual else output
            finals.append(final)
        return output, finals


def _stack(input_size: int, options: EncoderOptions) -> nn.Module:
    several = options.num_layers > 1
    layer: RecurrentLayer = LAYERS[options.cell](
        input_size,
        options.hidden_size,
        options.num_layers,
        batch_first=True,
        dropout=options.dropout if several else 0.0,
        bidirectional=options.bidirectional,
        residual=options.residual and several,
        recurrent_dropout=options.recurrent_dropout,
        zoneout=options.zoneout,
        merge=options.merge,
        **_owned(options),
    )
    initialise(layer, *options.initialisation)
    return layer


def _owned(options: EncoderOptions) -> dict[str, Any]:
    """The options that this cell has and not every one. Raises ConfigurationError for one set that it has not."""
    for name, cells in _OWNERS.items():
        value = getattr(options, name)
        if options.cell not in cells and value != EncoderOptions.model_fields[name].default:
            owners = ", ".join(f"'{cell}'" for cell in cells)
            raise ConfigurationError(f"{name}={value!r} is an option of cell={owners}, not of cell='{options.cell}'")
    return {name: getattr(options, name) for name, cells in _OWNERS.items() if options.cell in cells}
