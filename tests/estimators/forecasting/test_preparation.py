from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tidegate.data.columns import Columns
from tidegate.data.panel import Panel, read_panel
from tidegate.errors import DataError
from tidegate.estimators.forecasting.preparation import Preparation

PERIOD = 7
COLUMNS = Columns.of(target=["y", "v"], past="p", known="x", static=["kind", "size"])


def frame(rows: int = 40, freq: str = "h", ids: tuple[str, ...] = ("a", "b"), seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    parts = []
    for place, id in enumerate(ids):
        numbers = {name: np.exp(rng.normal(size=rows)) * (place + 1) for name in ("y", "v", "p", "x")}
        words = {"kind": ["shop", "works"][place % 2], "size": float(place)}
        parts.append(
            pd.DataFrame({"unique_id": id, "ds": pd.date_range("2024", periods=rows, freq=freq), **numbers, **words})
        )
    return pd.concat(parts, ignore_index=True)


def panel(**options) -> Panel:
    return read_panel(frame(**options), columns=COLUMNS)


@pytest.mark.parametrize("scaler", ["standard", "log", "robust"])
def test_rows_after_the_training_part_change_no_scale_and_no_word(scaler):
    whole = frame()
    poisoned = whole.copy()
    late = np.tile(np.arange(40) >= 30, 2)
    poisoned.loc[late, ["y", "v", "p", "x"]] = 1e9
    fits = [Preparation.fit(read_panel(one, columns=COLUMNS).before(10), scaler, PERIOD) for one in (whole, poisoned)]
    (clean, arrays), (dirty, others) = (one.state() for one in fits)
    assert clean == dirty
    assert arrays.keys() == others.keys()
    assert all(np.array_equal(arrays[name], others[name]) for name in arrays)


@pytest.mark.parametrize("scaler", ["standard", "minmax", "maxabs", "robust", "log", "none"])
def test_scaling_and_back_gives_the_values_again(scaler):
    preparation, series = Preparation.fit(panel(), scaler, PERIOD), panel().series[1]
    scaled = preparation.scaled(series, series.target)
    # two roundings of values of order one
    np.testing.assert_allclose(preparation.unscaled(series, scaled), series.target, rtol=1e-12)
    track = preparation.track(series, series, 3, 9)
    assert np.array_equal(track.values[:, :2], scaled.astype(np.float32))
    assert (track.first, track.last) == (3, 9)


def test_a_track_holds_targets_and_past_then_calendar_and_known_and_static():
    given = panel(rows=60)
    given.series[0].known[5] = np.nan
    preparation = Preparation.fit(given, "none", PERIOD)
    track = preparation.track(given.series[0], given.series[0], 0, 60)
    assert preparation.channels == track.values.shape[1] == 3
    assert preparation.features == track.features.shape[1] == 4
    assert np.array_equal(track.values[:, 2], standardised(given.series[0].past)[:, 0].astype(np.float32))
    hour = 2 * np.pi * (np.arange(60) % 24) / 24
    assert track.features[:, :2] == pytest.approx(np.stack([np.sin(hour), np.cos(hour)], axis=1), abs=1e-6)  # float32
    assert np.flatnonzero(track.features[:, 3]).tolist() == [5]
    assert track.features[5, 2] == 0
    assert track.static.tolist() == [1, 0, -1]


def standardised(values):
    return (values - np.nanmean(values)) / np.nanstd(values)


@pytest.mark.parametrize(
    ("rows", "freq", "cycles"),
    [
        (47, "h", ()),
        (48, "h", ("hour_of_day",)),
        (14 * 24, "h", ("hour_of_day", "day_of_week")),
        (100, "D", ("day_of_week",)),
        (729, "D", ("day_of_week",)),
        (730, "D", ("day_of_week", "day_of_year")),
        (23, "MS", ()),
        (24, "MS", ("month_of_year",)),
    ],
)
def test_cycles_that_training_does_not_go_through_twice_are_no_features(rows, freq, cycles):
    given = panel(rows=rows, freq=freq)
    preparation = Preparation.fit(given, "none", PERIOD)
    assert preparation.cycles == cycles
    assert preparation.features == 2 * len(cycles) + 2


def test_an_unseen_series_takes_the_scale_of_what_was_seen_of_it():
    preparation = Preparation.fit(panel(), "standard", PERIOD)
    stranger = replace(panel(seed=7).series[0], unique_id="new")
    seen = stranger.until(20)
    track = preparation.track(stranger, seen, 0, 40)
    expected = (stranger.target - seen.target.mean(axis=0)) / seen.target.std(axis=0)
    assert np.array_equal(track.values[:, :2], expected.astype(np.float32))
    known = panel().series[0]
    assert np.array_equal(preparation.scaled(known.until(3), known.target), preparation.scaled(known, known.target))


@pytest.mark.parametrize("id", ["a", "new"])
def test_a_value_without_logarithm_is_refused_with_series_and_remedy(id):
    preparation = Preparation.fit(panel(), "log", PERIOD)
    series = replace(panel().series[0], unique_id=id)
    seen = series.until(10)
    series.target[20, 1] = -3.5
    with pytest.raises(DataError, match=rf"series '{id}': -3.5 has no logarithm; .* Forecaster\(scaler='standard'\)"):
        preparation.track(series, seen, 0, 40)


def test_extended_rows_are_empty_but_for_what_is_known_of_them():
    preparation, series = Preparation.fit(panel(), "none", PERIOD), panel().series[0]
    known = np.random.default_rng(1).normal(size=(2, 1))
    extended = preparation.extended(series, 30, known, 5)
    assert len(extended) == 45
    assert np.array_equal(extended.times, pd.date_range("2024", periods=45, freq="h").to_numpy())
    for part in ("target", "past"):
        assert np.array_equal(getattr(extended, part)[:30], getattr(series, part)[:30])
        assert np.isnan(getattr(extended, part)[30:]).all()
    assert np.array_equal(extended.known[:42], np.concatenate([series.known, known]))
    assert np.isnan(extended.known[42:]).all()
    assert not np.isnan(series.target).any()  # the series itself is left as it was


@pytest.mark.parametrize("scaler", ["standard", "log"])
def test_its_state_brings_it_back(scaler):
    given = panel(rows=60)
    preparation = Preparation.fit(given, scaler, PERIOD)
    state, arrays = preparation.state()
    again = Preparation.from_state(json.loads(json.dumps(state)), arrays)
    assert again.columns == preparation.columns
    assert (again.step, again.step.day, again.cycles) == (preparation.step, preparation.step.day, preparation.cycles)
    stranger = replace(given.series[0], unique_id="new")
    for series in (*given.series, stranger):
        before, after = (one.track(series, series, 0, 60) for one in (preparation, again))
        assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def test_the_size_of_changes_is_that_of_the_training_part_between_a_value_and_its_anchor():
    given = panel()
    preparation = Preparation.fit(given, "standard", PERIOD)
    series = given.series[0]
    scaled = preparation.track(series, series, 0, len(series)).values
    by_hand = np.nanmean(np.abs(scaled[PERIOD:] - scaled[:-PERIOD]), axis=0)
    # single precision of the scaled values, of which the mean is taken
    np.testing.assert_allclose(preparation.track(series, series.until(3), 0, 3).change, by_hand, rtol=1e-5)


def test_without_an_anchor_changes_have_no_unit_of_their_own():
    given = panel()
    preparation = Preparation.fit(given, "standard", 0)
    assert (preparation.track(given.series[0], given.series[0], 0, 9).change == 1).all()
