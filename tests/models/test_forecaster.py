from __future__ import annotations

import pytest
import torch

from tidegate.models.encoder import EncoderOptions
from tidegate.models.forecaster import ForecastNetwork, ForecastShape, Step

SHAPES = [
    {"block": 1},
    {"block": 4},
    {"block": 4, "quantiles": 2},
    {"block": 1, "anchored": False},
    {"block": 3, "features": 0, "static": 0},
]


def shape_of(**changes) -> ForecastShape:
    return ForecastShape(**{"channels": 2, "features": 3, "static": 2, "block": 1, **changes})


def network_of(shape: ForecastShape, trained: bool = True) -> ForecastNetwork:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = ForecastNetwork(shape, EncoderOptions(hidden_size=4)).double()
        for parameter in network.parameters() if trained else ():
            torch.nn.init.normal_(parameter, std=0.5)
    return network.eval()


def step_of(shape: ForecastShape, rows: int = 3, steps: int = 5, missing: bool = True) -> Step:
    source = torch.Generator().manual_seed(1)

    def normal(*size: int) -> torch.Tensor:
        return torch.randn(*size, generator=source, dtype=torch.float64)

    values = normal(rows, steps, shape.channels)
    if missing:
        values = torch.where(torch.rand(values.shape, generator=source) < 0.4, torch.nan, values)
    return Step(
        values,
        normal(rows, steps, shape.channels),
        normal(rows, steps, shape.block, shape.channels),
        normal(rows, steps, shape.block, shape.features),
        normal(rows, shape.static),
    )


@pytest.mark.parametrize("changes", SHAPES)
def test_before_training_it_tells_the_anchor_and_nothing_else(changes):
    shape = shape_of(**changes)
    step = step_of(shape)
    told, _ = network_of(shape, trained=False)(step)
    assert told.shape == (3, 5, shape.block, 2, 1 + shape.quantiles)
    assert torch.equal(told, step.anchors.unsqueeze(-1).expand_as(told))


@pytest.mark.parametrize("changes", SHAPES)
def test_missing_values_leave_forecasts_and_gradients_finite(changes):
    shape = shape_of(**changes)
    network = network_of(shape)
    told, _ = network(step_of(shape))
    told.square().sum().backward()
    assert torch.isfinite(told).all()
    assert all(torch.isfinite(parameter.grad).all() for parameter in network.parameters())


@pytest.mark.parametrize("changes", SHAPES)
def test_a_missing_value_is_not_taken_for_a_zero(changes):
    shape = shape_of(**changes)
    step = step_of(shape, missing=False)
    pair = []
    for value in (0.0, torch.nan):
        values = step.values.clone()
        values[:, -1, 0] = value
        pair.append(network_of(shape)(step._replace(values=values))[0][:, -1])
    assert (pair[0] != pair[1]).all()


def test_what_the_anchor_promised_is_seen_beside_what_came():
    shape = shape_of()
    step = step_of(shape, missing=False)
    moved = step._replace(expected=step.expected + 1)
    assert (network_of(shape)(step)[0] != network_of(shape)(moved)[0]).all()
    alone = shape_of(anchored=False)
    assert torch.equal(network_of(alone)(step)[0], network_of(alone)(moved)[0])


def test_each_step_ahead_hears_its_own_features_and_the_first_alone_goes_into_the_encoder():
    shape = shape_of(block=4)
    network, step = network_of(shape), step_of(shape)
    told, _ = network(step)
    features = step.features.clone()
    features[:, -1, 2] += 1
    changed = network(step._replace(features=features))[0] != told
    # only at the last step, and only the third step ahead of it
    assert changed[:, -1, 2].all()
    assert not changed[:, :-1].any()
    assert not changed[:, -1, [0, 1, 3]].any()


def test_static_features_reach_every_step():
    shape = shape_of()
    network, step = network_of(shape), step_of(shape)
    assert (network(step)[0] != network(step._replace(static=step.static + 1))[0]).all()


def test_a_sequence_in_two_parts_is_the_whole():
    shape = shape_of(block=3, quantiles=2)
    network, step = network_of(shape), step_of(shape)
    whole, _ = network(step)
    head, state = network(Step(*(part[:, :2] for part in step[:4]), step.static))
    tail, _ = network(Step(*(part[:, 2:] for part in step[:4]), step.static), state)
    # the same arithmetic per step, matrix products blocked differently: a few units in the last place
    torch.testing.assert_close(torch.cat([head, tail], dim=1), whole, rtol=1e-12, atol=1e-13)
