"""The encoder that all tasks share: a stack of recurrent layers with its regularisers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt
from torch import Tensor, nn

from tidegate import nn as gated
from tidegate.errors import ConfigurationError
from tidegate.models.normalisation import SequenceBatchNorm

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
_Share = Field(default=0.0, ge=0.0, lt=1.0)


class EncoderOptions(BaseModel):
    """What the encoder is made of; dropouts are shares in [0, 1) and act in training only."""

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
            below = self.dropout(norm(output, lengths))
            output, final = layer(below, initial, lengths=lengths)
            output = output + below if self.residual else output
            finals.append(final)
        return output, finals


def _stack(input_size: int, options: EncoderOptions) -> nn.Module:
    if options.reset == "before" and options.cell != "gru":
        raise ConfigurationError(f"reset='before' is an option of cell='gru', not of cell='{options.cell}'")
    extras: dict[str, Any] = {"reset": options.reset} if options.cell == "gru" else {}
    several = options.num_layers > 1
    layer: nn.Module = LAYERS[options.cell](
        input_size,
        options.hidden_size,
        options.num_layers,
        batch_first=True,
        dropout=options.dropout if several else 0.0,
        bidirectional=options.bidirectional,
        residual=options.residual and several,
        recurrent_dropout=options.recurrent_dropout,
        zoneout=options.zoneout,
        layer_norm=options.layer_norm,
        merge=options.merge,
        **extras,
    )
    return layer
