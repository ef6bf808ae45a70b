from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tidegate.data.panel import read_panel
from tidegate.errors import ConfigurationError
from tidegate.estimators.forecasting.fitted import calibration_errors, start_of
from tidegate.estimators.forecasting.resolution import training_lengths


def starts_of(fitted):
    return [start_of(series, 50) for series in fitted.recent.series]


def test_conformal_bounds_are_the_point_give_or_take_the_error_in_scaled_units(fitted):
    state = fitted.fitted
    one, other = state.forecasts(starts_of(state), 6, state.recent.step, (80, 95))
    reach = state.errors.half_widths(80, 6)[:, 0]
    for forecast in (one, other):
        scale = state.engine.preparation.scalers["target"].of(forecast.series.unique_id, forecast.series.target)
        assert not scale.log
        low, high = forecast.bands[80]
        # float32 against float64
        unit = scale.scale[0] * state.engine.preparation.change_of(forecast.series)[0]
        np.testing.assert_allclose((high - low)[:, 0], 2 * reach * unit, rtol=1e-5)
        np.testing.assert_allclose((high + low) / 2, forecast.point, rtol=1e-5)
        assert (forecast.bands[95][0] <= low).all()
        assert (forecast.bands[95][1] >= high).all()


def test_times_follow_the_origin_by_the_step_given(fitted, monthly):
    state = fitted.fitted
    other = read_panel(monthly(rows=20, ids=("a",)).assign(ds=lambda f: f.ds + np.timedelta64(14, "D")))
    (forecast,) = state.forecasts([start_of(other.series[0], 18)], 3, other.step)
    assert forecast.times.astype("datetime64[D]").astype(str).tolist() == ["2001-07-15", "2001-08-15", "2001-09-15"]


@pytest.mark.parametrize("level", [0, 100, float("nan")])
def test_impossible_levels_are_refused(fitted, level):
    with pytest.raises(ConfigurationError, match="a level is a percentage"):
        fitted.fitted.forecasts(starts_of(fitted.fitted), 2, fitted.fitted.recent.step, (level,))


def test_crossing_quantiles_are_put_in_order(fitted):
    options = fitted.fitted.options.model_copy(update={"levels": (80.0, 95.0, 50.0)})
    state = replace(fitted.fitted, errors=None, options=options)
    told = np.random.default_rng(0).normal(size=(5, 1, 7)).astype(np.float32)
    bounds = [state._band(told, level, np.ones(1)) for level in (95, 80, 50)]
    ladder = np.stack([low for low, _ in bounds] + [high for _, high in bounds[::-1]], axis=-1)
    assert np.array_equal(ladder, np.sort(told[..., 1:], axis=-1))


def test_a_level_that_was_not_learnt_is_refused_with_those_that_were(fitted):
    state = replace(fitted.fitted, errors=None)
    with pytest.raises(
        ConfigurationError, match=r"level=90 was not learnt; there are 80, 95, or intervals='conformal'"
    ):
        state.check_levels((80, 90))
    state.check_levels((80, 95.0))
    assert state.usual_levels == (80.0, 95.0)


def test_calibration_errors_are_those_of_forecasts_from_every_validation_row(fitted):
    state = fitted.fitted
    panel = state.recent
    lengths = training_lengths(panel, 4, 0.2)
    errors = calibration_errors(state.engine, panel, lengths, 4).errors
    origins = [(series, row) for series, length in zip(panel.series, lengths, strict=True) for row in range(length, 60)]
    assert errors.shape == (len(origins), 4, 1)
    for place in (0, 5, len(origins) - 1):
        series, row = origins[place]
        told = state.engine.forecast([start_of(series, row)], 4)[0, :, :, 0]
        truth = state.engine.preparation.scaled(series, series.target)[row : row + 4]
        by_hand = np.abs(told[: len(truth)] - truth) / state.engine.preparation.change_of(series)
        # single precision, and matrix products blocked by batch size
        np.testing.assert_allclose(errors[place, : len(truth)], by_hand, rtol=1e-4, atol=1e-4)
        assert np.isnan(errors[place, len(truth) :]).all()


def test_long_validation_parts_are_sampled_evenly(fitted, monkeypatch):
    monkeypatch.setattr("tidegate.estimators.forecasting.fitted._CALIBRATION_FORECASTS", 7)
    state = fitted.fitted
    errors = calibration_errors(state.engine, state.recent, [48, 58], 4)
    assert len(errors.errors) == 6 + 1  # 14 rows, every second one of each series


def test_forecasts_that_begin_in_learnt_rows_are_counted(fitted, monthly):
    state = fitted.fitted
    longer = read_panel(monthly(rows=70, ids=("a", "new")))
    starts = [start_of(series, row) for series in longer.series for row in (40, 59, 60, 66)]
    assert state.count_learnt(state.forecasts(starts, 2, longer.step)) == 2


def test_a_series_that_never_changed_is_forecast_as_it_was_with_no_part_in_the_widths_of_others(tiny, monthly):
    rows = monthly(rows=60, ids=("a", "b"))
    rows["y"] = np.where(rows["unique_id"] == "b", 0.002, 0.005 + rows["y"] * 1e-4)
    both = tiny().fit(rows)
    told = both.predict(9, level=[80])
    still = told[told["unique_id"] == "b"]
    # the value goes to a scale and back
    np.testing.assert_allclose(still[["GRU", "GRU-lo-80", "GRU-hi-80"]], 0.002, rtol=1e-12)
    errors = both.fitted.errors.errors
    assert np.isnan(errors[len(errors) // 2 :]).all()
    assert np.isfinite(errors[: len(errors) // 2, 0]).all()


def test_a_panel_of_nothing_but_constants_is_forecast_with_no_width(tiny, monthly):
    told = tiny().fit(monthly(rows=60, ids=("a",)).assign(y=7.0)).predict(5, level=[80])
    assert (told[["GRU", "GRU-lo-80", "GRU-hi-80"]] == 7.0).all(axis=None)
