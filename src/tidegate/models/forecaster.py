"""The network of a forecaster: an encoder that reads the past, and a head that corrects an anchor."""

from __future__ import annotations

from typing import NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt
from torch import Tensor, nn

from tidegate.models.encoder import Encoder, EncoderOptions, State

_GREATEST_CHANGE = 3.0  # usual changes: beyond it lie outliers, of which no more than their side need be known
_FUTURE_WIDTH = 8  # units that mix what the encoder knows with what is known of a future step


class ForecastShape(BaseModel):
    """Sizes of a forecast network.

    channels: values told and fed back; features: numbers known of every step ahead of time; static: numbers per series;
    block: steps told at once (1: recursive); quantiles: extra outputs beside the point; anchored: reads an anchor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: PositiveInt
    features: NonNegativeInt
    static: NonNegativeInt
    block: PositiveInt
    quantiles: NonNegativeInt = 0
    anchored: bool = True


class Step(NamedTuple):
    """What the network is given at each of L steps.

    values [B, L, C] (NaN: missing), expected [B, L, C] (the anchor of this very step), anchors [B, L, block, C] and
    features [B, L, block, Q] of the steps ahead, static [B, S], change [B, C], the size of usual changes between a
    value and its anchor.
    """

    values: Tensor
    expected: Tensor
    anchors: Tensor
    features: Tensor
    static: Tensor
    change: Tensor


class ForecastNetwork(nn.Module):
    """Tells the next `block` steps at every step: the anchor plus a correction that is zero before training.

    Corrections are made, and changes read, in units of each series' usual changes: a series that nearly repeats itself
    is corrected as finely as it deserves, however far its values spread.
    """

    def __init__(self, shape: ForecastShape, options: EncoderOptions) -> None:
        super().__init__()
        self.shape = shape
        inputs = shape.channels * (5 if shape.anchored else 2) + shape.features + shape.static
        self.encoder = Encoder(inputs, options)
        outputs = shape.channels * (1 + shape.quantiles)
        self.head = nn.Linear(self.encoder.output_size, shape.block * outputs)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        looks_ahead = shape.block > 1 and shape.features > 0
        self.future = _FutureHead(self.encoder.output_size, shape, outputs) if looks_ahead else None

    def forward(self, step: Step, state: State = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        """Forecasts `[B, L, block, C, 1 + quantiles]` from every step, the point first, and the encoder's state."""
        hidden, state = self.encode(step, state, lengths)
        return self.tell(hidden, step.anchors, step.features, step.change[:, None]), state

    def encode(self, step: Step, state: State = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        """What the encoder makes of the steps: `[B, L, H]` and its state."""
        hidden, state = self.encoder(self._inputs(step), state, lengths)
        return hidden, state

    def tell(self, hidden: Tensor, anchors: Tensor, features: Tensor, change: Tensor) -> Tensor:
        """The forecast `[…, block, C, 1 + quantiles]` from `hidden` [… H], with what is known of the steps ahead."""
        correction = self.head(hidden).unflatten(-1, (self.shape.block, -1))
        if self.future is not None:
            correction = correction + self.future(hidden, features)
        correction = correction.unflatten(-1, (self.shape.channels, -1)) * change[..., None, :, None]
        told: Tensor = correction + anchors.unsqueeze(-1)
        return told

    def _inputs(self, step: Step) -> Tensor:
        parts = [step.values.nan_to_num(0.0), step.values.isnan().to(step.values.dtype)]
        if self.shape.anchored:
            unit = usual(step.change).unsqueeze(1)
            changes = ((step.values - step.expected) / unit).nan_to_num(0.0)
            parts += [_GREATEST_CHANGE * torch.tanh(changes / _GREATEST_CHANGE), step.anchors[:, :, 0]]
            parts.append(unit.log().expand_as(step.values))
        static = step.static.unsqueeze(1).expand(-1, step.values.shape[1], -1)
        return torch.cat([*parts, step.features[:, :, 0], static], dim=-1)


def usual(change: Tensor) -> Tensor:
    """The unit that changes and errors are told in: 1 where there never was a change."""
    return torch.where(change > 0, change, 1.0)


class _FutureHead(nn.Module):
    """Lets what is known of each future step speak with what the encoder has read (cf. Wen et al. 2017, MQ-RNN)."""

    def __init__(self, hidden_size: int, shape: ForecastShape, outputs: int) -> None:
        super().__init__()
        self.from_hidden = nn.Linear(hidden_size, shape.block * _FUTURE_WIDTH)
        self.from_features = nn.Linear(shape.features, _FUTURE_WIDTH, bias=False)
        self.out = nn.Linear(_FUTURE_WIDTH, outputs, bias=False)
        nn.init.zeros_(self.out.weight)

    def forward(self, hidden: Tensor, features: Tensor) -> Tensor:
        past = self.from_hidden(hidden).unflatten(-1, (features.shape[-2], _FUTURE_WIDTH))
        correction: Tensor = self.out(torch.tanh(past + self.from_features(features)))
        return correction
