"""Forecasts of any length: the state is carried, and each block of predictions is fed back for the next."""

from __future__ import annotations

import torch
from torch import Tensor

from tidegate.models.encoder import State
from tidegate.models.forecaster import ForecastNetwork, Step


@torch.no_grad()
def rollout(
    network: ForecastNetwork, context: Step, lengths: Tensor, memory: Tensor, future: Tensor, horizon: int
) -> Tensor:
    """The `horizon` steps after the context, `[B, horizon, C, 1 + quantiles]`; costs `horizon` steps, not re-runs.

    lengths [B] are the true steps of the context; memory [B, P, C] what `last_seen` says of the last P steps of it,
    oldest first, NaN for steps before the series began; future [B, at least horizon + block, Q] the features of the
    steps after it. Only points are fed back, never quantiles. The same as running the network again over context and
    predictions, and anchors are those that `Windows` gives there.
    """
    hidden, state = network.encode(context, None, lengths)
    last = lengths - 1
    rows = torch.arange(len(lengths))
    told = network.tell(hidden[rows, last], context.anchors[rows, last], context.features[rows, last])
    blocks = [told]
    for done in range(network.shape.block, horizon, network.shape.block):
        memory = torch.cat([memory, told[..., 0]], dim=1)
        fed = _feed(network, memory, future[:, done - network.shape.block :], context.static)
        told, state = _advance(network, fed, state)
        memory = memory[:, network.shape.block :]
        blocks.append(told)
    return torch.cat(blocks, dim=1)[:, :horizon]


def _advance(network: ForecastNetwork, fed: Step, state: State) -> tuple[Tensor, State]:
    hidden, state = network.encode(fed, state)
    return network.tell(hidden[:, -1], fed.anchors[:, -1], fed.features[:, -1]), state


def _feed(network: ForecastNetwork, memory: Tensor, future: Tensor, static: Tensor) -> Step:
    """A block of predictions as the network's next input: `memory` ends with it, `future` begins with its features."""
    block = network.shape.block
    period = memory.shape[1] - block
    step = torch.arange(block)
    ahead = step + 1
    values = memory[:, period:]
    anchors = values.new_zeros(len(values), block, block, values.shape[-1])
    if network.shape.anchored:
        season = step[:, None] + (ahead - 1) % period + 1
        anchors = _known_or(memory[:, season], values.unsqueeze(2))
    return Step(
        values=values,
        expected=_known_or(memory[:, :block], memory[:, period - 1 : -1]),
        anchors=anchors,
        features=future[:, step[:, None] + ahead],
        static=static,
    )


def _known_or(seasonal: Tensor, latest: Tensor) -> Tensor:
    """The anchor where its season has been seen, else the latest value."""
    return torch.where(seasonal.isnan(), latest, seasonal)
