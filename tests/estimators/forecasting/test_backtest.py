from __future__ import annotations

import numpy as np
import pytest

from tidegate.data.panel import read_panel
from tidegate.errors import DataError
from tidegate.estimators.forecasting.backtest import Backtest, origins
from tidegate.estimators.forecasting.baselines import drift, naive, seasonal_naive
from tidegate.estimators.forecasting.forecast_frame import Forecast
from tidegate.estimators.forecasting.scores import score


@pytest.fixture
def backtest(monthly):
    panel = read_panel(monthly(rows=40, ids=("a", "b")))
    rng = np.random.default_rng(0)
    forecasts = [
        Forecast(series, row, series.times[row : row + 3], rng.normal(size=(3, 1)), {80: bounds(rng)})
        for series in panel.series
        for row in (34, 37)
    ]
    return Backtest("GRU", panel, 3, 12, forecasts)


def bounds(rng):
    low, high = np.sort(20 * rng.normal(size=(2, 3, 1)), axis=0)
    return low, high


def test_scores_are_means_over_series_and_origins_the_network_first(backtest):
    scores = backtest.scores
    assert list(scores) == ["GRU", "naive", "seasonal naive", "drift"]
    truth = [one.series.target[one.origin : one.origin + 3] for one in backtest.forecasts]
    history = [one.series.target[: one.origin] for one in backtest.forecasts]
    assert scores["GRU"] == score(truth, [one.point for one in backtest.forecasts], history, 12)
    assert backtest.metrics == vars(scores["GRU"])
    for name, made in {
        "naive": lambda y: naive(y, 3),
        "seasonal naive": lambda y: seasonal_naive(y, 3, 12),
        "drift": lambda y: drift(y, 3),
    }.items():
        told = [made(one[:, 0])[:, None] for one in history]
        assert all(np.array_equal(*pair) for pair in zip(backtest.baselines[name], told, strict=True))
        assert scores[name] == score(truth, told, history, 12)


def test_intervals_count_what_lies_inside(backtest):
    inside, widths = [], []
    for one in backtest.forecasts:
        low, high = one.bands[80]
        truth = one.series.target[one.origin : one.origin + 3]
        inside.append(np.mean((low <= truth) & (truth <= high)))
        widths.append(np.mean(high - low))
    assert backtest.intervals[80].coverage == pytest.approx(np.mean(inside), rel=1e-12)  # means in another order
    assert backtest.intervals[80].width == pytest.approx(np.mean(widths), rel=1e-12)


def test_the_frame_has_a_row_for_each_series_origin_and_step(backtest):
    frame = backtest.to_frame()
    assert frame.columns.tolist() == ["unique_id", "ds", "cutoff", "y", "GRU", "GRU-lo-80", "GRU-hi-80"]
    assert frame.unique_id.tolist() == ["a"] * 6 + ["b"] * 6
    assert ((frame.ds - frame.cutoff).dt.days > 27).all()
    assert np.array_equal(frame.y, np.concatenate([one.truth[:, 0] for one in backtest.forecasts]))
    assert np.array_equal(frame.GRU, np.concatenate([one.point[:, 0] for one in backtest.forecasts]))


def test_origins_leave_whole_stretches_to_the_end(backtest):
    series = backtest.panel.series[0]
    assert origins(series, 5, 1) == [35]
    assert origins(series, 5, 3) == [25, 30, 35]
    assert origins(series, 13, 3) == [1, 14, 27]


def test_too_many_windows_are_refused_with_the_remedy(backtest):
    with pytest.raises(
        DataError, match=r"series 'a' has 40 rows, of which 4 windows of 10 steps leave none .* shorter horizon"
    ):
        origins(backtest.panel.series[0], 10, 4)
