from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tidegate.data.columns import Columns
from tidegate.data.panel import read_panel
from tidegate.data.windows import Windows
from tidegate.estimators.forecasting.baselines import seasonal_naive
from tidegate.estimators.forecasting.fitted import start_of
from tidegate.estimators.forecasting.fitting import WindowExamples, untrained
from tidegate.estimators.forecasting.preparation import Preparation
from tidegate.estimators.forecasting.resolution import resolved
from tidegate.estimators.options import ForecasterOptions
from tidegate.models.forecaster import Step


@pytest.fixture
def panel(monthly):
    given = monthly(rows=60, ids=("a", "b"), x=None, p=None)
    given.loc[[3, 17, 40, 41, 59, 70], "y"] = np.nan
    return read_panel(given, columns=Columns.of(target="y", known="x", past="p"))


def engine_of(panel, **options):
    options = {"hidden_size": 4, "window": 15, "horizon": 4, **options}
    settled = resolved(ForecasterOptions(**options), panel)
    engine = untrained(Preparation.fit(panel, "standard", settled.window_shape.period), settled)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for parameter in engine.network.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return engine


ANCHORS = ["none", "last", "season"]


@pytest.mark.parametrize("strategy", ["recursive", "direct"])
@pytest.mark.parametrize("anchor", ANCHORS)
def test_what_it_tells_first_is_what_training_saw_at_that_step(panel, strategy, anchor):
    engine = engine_of(panel, strategy=strategy, anchor=anchor)
    series = panel.series[0]
    for origin in (1, 5, 14, 30, 55):
        track = engine.preparation.track(series, series, origin, origin + 1)
        batch = WindowExamples(Windows([track], engine.shape, stride=1)).batch(np.array([0]))
        engine.network.eval()
        with torch.no_grad():
            seen = engine.network(Step(*batch[:6]))[0][0, -1, :, :1]
        told = engine.forecast([start_of(series, origin)], engine.shape.horizon)[0]
        # the same numbers, batched alike; two-season gaps would be the only difference, and there are none
        np.testing.assert_allclose(told, seen.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("strategy", ["recursive", "direct"])
@pytest.mark.parametrize("anchor", ANCHORS)
def test_nothing_after_the_origin_is_read_but_known_covariates(panel, strategy, anchor):
    engine = engine_of(panel, strategy=strategy, anchor=anchor)
    series = panel.series[0]
    poisoned = replace(series, target=series.target.copy(), past=series.past.copy(), known=series.known.copy())
    poisoned.target[30:] = poisoned.past[30:] = 1e6
    poisoned.known[30 + 7 :] = -1e6
    clean, dirty = (engine.forecast([start_of(one, 20), start_of(one, 30)], 7) for one in (series, poisoned))
    assert np.array_equal(clean, dirty)
    poisoned.known[36] = 1e3
    assert not np.array_equal(engine.forecast([start_of(poisoned, 30)], 7)[0], clean[1])


@pytest.mark.parametrize("strategy", ["recursive", "direct"])
def test_a_longer_forecast_begins_with_the_shorter_one_and_known_covariates_of_its_steps_suffice(panel, strategy):
    engine = engine_of(panel, strategy=strategy)
    series, known = panel.series[1], np.random.default_rng(2).normal(size=(11, 1))
    longest = engine.forecast([start_of(series, 60, known=known)], 11)
    for horizon in (1, 4, 5, 8):
        told = engine.forecast([start_of(series, 60, known=known[:horizon])], horizon)
        assert np.array_equal(told, longest[:, :horizon])


def test_many_starts_are_told_as_each_by_itself(panel):
    engine = engine_of(panel)
    starts = [start_of(series, origin) for series in panel.series for origin in range(1, 60) for _ in range(3)]
    assert len(starts) > 256  # more than one batch
    together = engine.forecast(starts, 3)
    for place in (0, 1, 150, 255, 256, len(starts) - 1):
        # single precision, matrix products blocked by batch size
        np.testing.assert_allclose(engine.forecast([starts[place]], 3)[0], together[place], rtol=1e-4, atol=1e-5)


def test_only_targets_come_out(panel):
    assert engine_of(panel).forecast([start_of(panel.series[0], 9)], 5).shape == (1, 5, 1, 1)


def test_rows_further_back_than_its_reach_do_not_matter(panel):
    engine = engine_of(panel, anchor="season")
    series = panel.series[0]
    assert engine.reach == 15 + 2 * 12
    cut = slice(60 - engine.reach, None)
    tail = replace(
        series, times=series.times[cut], target=series.target[cut], past=series.past[cut], known=series.known[cut]
    )
    pair = [engine.forecast([start_of(one, len(one), seen=series)], 20) for one in (series, tail)]
    assert np.array_equal(*pair)


def test_the_untrained_forecast_is_the_seasonal_naive_one_with_gaps_too(panel):
    settled = resolved(ForecasterOptions(hidden_size=4, anchor="season"), panel)
    engine = untrained(Preparation.fit(panel, "none", settled.window_shape.period), settled)
    for series in panel.series:
        expected = seasonal_naive(series.target[:, 0], 30, 12).astype(np.float32)
        assert np.array_equal(engine.forecast([start_of(series, 60)], 30)[0, :, 0, 0], expected)
