from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate.data.windows import Track, Windows, WindowShape, last_seen
from tidegate.models.encoder import EncoderOptions
from tidegate.models.forecaster import ForecastNetwork, ForecastShape, Step
from tidegate.models.rollout import rollout

CHANNELS, FEATURES, STATIC, HORIZON = 2, 3, 2, 11
ORIGINS = (1, 3, 9, 14)  # rows known of each series: fewer and more than a season and than the window
WINDOW = 8


def network_of(block: int, period: int, features: int = FEATURES, **options) -> ForecastNetwork:
    shape = ForecastShape(
        channels=CHANNELS, features=features, static=STATIC, block=block, quantiles=2, anchored=period > 0
    )
    with torch.random.fork_rng():
        torch.manual_seed(block + 10 * period)
        network = ForecastNetwork(shape, EncoderOptions(**{"hidden_size": 4, **options})).double()
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return network.eval()


def tracks_of(block: int, features: int = FEATURES) -> list[Track]:
    """Known rows, with gaps, then empty ones with their features."""
    rng = np.random.default_rng(0)
    made = []
    for origin in ORIGINS:
        ahead = HORIZON + block
        values = rng.normal(size=(origin + ahead, CHANNELS))
        values[rng.random(values.shape) < 0.2] = np.nan
        values[origin:] = np.nan
        known = rng.normal(size=(origin + ahead, features))
        made.append(Track(values, known, rng.normal(size=STATIC), origin, origin + 1))
    return made


def step_of(windows) -> Step:
    return Step(*(torch.from_numpy(array).double() for array in windows[:5]))


def carried(network: ForecastNetwork, tracks: list[Track], period: int, horizon: int) -> torch.Tensor:
    windows = Windows(tracks, WindowShape(WINDOW, network.shape.block, period), stride=1).take(np.arange(len(tracks)))
    seasons = max(period, 1)
    memory = np.full((len(tracks), seasons, CHANNELS), np.nan)
    for row, track in zip(memory, tracks, strict=True):
        seen = last_seen(track.values[: track.first], seasons)[-seasons:]
        row[seasons - len(seen) :] = seen
    future = np.stack([track.features[track.first :] for track in tracks])
    lengths = torch.from_numpy(windows.lengths)
    return rollout(network, step_of(windows), lengths, torch.from_numpy(memory), torch.from_numpy(future), horizon)


@torch.no_grad()
def rerun(network: ForecastNetwork, track: Track, period: int, horizon: int) -> torch.Tensor:
    """Block after block: predictions are written into the series, and the network reads it again from the start."""
    block, values, rows = network.shape.block, track.values.copy(), track.first
    begin, told = max(track.first - WINDOW, 0), []
    for done in range(0, horizon, block):
        now = rows + done
        shape = WindowShape(now - begin, block, period)
        whole = Windows([Track(values, track.features, track.static, now, now + 1)], shape, stride=1).take(
            np.array([0])
        )
        told.append(network(step_of(whole))[0][0, -1])
        values[now : now + block] = told[-1][..., 0].numpy()[: len(values) - now]
    return torch.cat(told)[:horizon]


@pytest.mark.parametrize("block", [1, 3, 6])
@pytest.mark.parametrize("period", [0, 1, 4, 12])
@pytest.mark.parametrize("features", [0, FEATURES])
def test_carrying_the_state_is_running_again_over_context_and_predictions(block, period, features):
    network, tracks = network_of(block, period, features), tracks_of(block, features)
    told = carried(network, tracks, period, HORIZON)
    assert told.shape == (len(ORIGINS), HORIZON, CHANNELS, 3)
    for row, track in zip(told, tracks, strict=True):
        # the same double precision arithmetic in another order, fed back up to eleven times
        torch.testing.assert_close(row, rerun(network, track, period, HORIZON), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "options",
    [
        {"cell": "rnn"},
        {"cell": "lstm", "num_layers": 2},
        {"cell": "mingru"},
        {"cell": "minlstm"},
        {"reset": "before", "layer_norm": True},
        {"num_layers": 2, "batch_norm": True, "residual": True, "zoneout": 0.2, "dropout": 0.3},
    ],
)
@pytest.mark.parametrize("block", [1, 4])
def test_that_holds_for_every_kind_of_state(options, block):
    network, tracks = network_of(block, 3, **options), tracks_of(block)
    told = carried(network, tracks, 3, HORIZON)
    for row, track in zip(told, tracks, strict=True):
        torch.testing.assert_close(row, rerun(network, track, 3, HORIZON), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("block", [1, 4])
def test_a_longer_forecast_begins_with_the_shorter_one(block):
    network, tracks = network_of(block, 4), tracks_of(block)
    longest = carried(network, tracks, 4, HORIZON)
    for horizon in (1, 3, 4, 5, 8):
        assert torch.equal(carried(network, tracks, 4, horizon), longest[:, :horizon])


@pytest.mark.parametrize("block", [1, 4])
def test_points_are_fed_back_and_quantiles_never(block):
    network, tracks = network_of(block, 4), tracks_of(block)
    before = carried(network, tracks, 4, HORIZON)
    with torch.no_grad():
        bias = network.head.bias.view(block, CHANNELS, 3)
        bias[..., 1:] += 5.0
    after = carried(network, tracks, 4, HORIZON)
    assert torch.equal(after[..., 0], before[..., 0])
    # a sum of the same terms with 5 among them: double precision's rounding
    torch.testing.assert_close(after[..., 1:], before[..., 1:] + 5.0, rtol=1e-12, atol=1e-12)


def test_a_row_does_not_hear_its_neighbours():
    network, tracks = network_of(3, 4), tracks_of(3)
    together = carried(network, tracks, 4, HORIZON)
    for place, track in enumerate(tracks):
        # alone there is no padding and a smaller matrix product
        torch.testing.assert_close(carried(network, [track], 4, HORIZON)[0], together[place], rtol=1e-10, atol=1e-10)


def test_before_training_the_forecast_repeats_the_last_season():
    network = network_of(1, 4)
    for parameter in network.head.parameters():
        torch.nn.init.zeros_(parameter)
    (track,) = tracks_of(1)[-1:]
    season = last_seen(track.values[: track.first], 4)[-4:]
    told = carried(network, [track], 4, HORIZON)[0, ..., 0]
    assert np.array_equal(told.numpy(), np.tile(season, (3, 1))[:HORIZON])
