import numpy as np
import pytest

import tidegate as library
from tidegate.cli.forecast_report import drawn, forecast_facts
from tidegate.estimators.options import ForecasterOptions

GIVEN = ForecasterOptions(hidden_size=4, window=12, epochs=2)
"""As those of `model`, the horizon left open."""


@pytest.fixture(scope="module")
def forecaster(shops):
    forecaster = library.Forecaster(horizon=4, hidden_size=3, epochs=1, window=8, seed=1)
    return forecaster.fit(shops, target=["sales", "visits"], known="holiday")


@pytest.fixture(scope="module")
def backtest(forecaster, shops):
    return forecaster.evaluate(shops, windows=2, level=[80])


def test_three_of_many_series_are_drawn_by_error(backtest):
    channels, sentences = drawn(backtest)

    def scaled_error(one, k):
        gaps = np.abs(one.history[12:, k] - one.history[:-12, k]).mean()
        return np.abs(one.truth[:, k] - one.point[:, k]).mean() / gaps

    latest = [one for one in backtest.forecasts if one.origin == 56]
    errors = sorted(scaled_error(one, k) for one in latest for k in range(2))
    # The same sums in another order: a few units in the last place of a float64.
    np.testing.assert_allclose([scaled_error(*one) for one in channels], [errors[0], errors[6], errors[-1]], rtol=1e-12)
    assert sentences[0].startswith("Of 12 series three are drawn, by MASE of their latest forecast: the least (")


def test_few_series_are_all_drawn_with_their_past_truth_and_bounds(model, sales):
    forecaster = library.load(model)
    facts = forecast_facts("data/sales.csv", GIVEN, forecaster.fitted, forecaster.evaluate(sales, windows=3), ["next"])

    (series,) = facts.series
    assert facts.title == "Forecast of sales.csv"
    assert (series.target, len(series.history_values), len(series.truth)) == ("sales", 90, 6)
    assert set(series.bands) == {80, 95}
    assert len(facts.learning.train) == len(facts.learning.valid) == 2
    assert facts.fingerprint["file"] == "sales.csv"


def test_options_are_told_by_who_chose_them(model, sales):
    fitted = library.load(model).fitted
    facts = forecast_facts("sales.csv", GIVEN, fitted, library.load(model).evaluate(sales), [])

    assert facts.configuration == {"hidden_size": 4, "window": 12, "epochs": 2}
    assert set(facts.settled) == {"horizon", "season_length", "anchor", "scaler"}
    assert (facts.settled["horizon"], facts.settled["season_length"]) == (6, 12)
    assert facts.usual["zoneout"] == 0
    assert {**facts.configuration, **facts.settled, **facts.usual} == fitted.options.model_dump()
    assert len(facts.configuration) + len(facts.settled) + len(facts.usual) == len(fitted.options.model_dump())


def test_options_chosen_that_the_data_would_settle_otherwise_are_chosen(forecaster, backtest):
    facts = forecast_facts("shops.csv", forecaster.options, forecaster.fitted, backtest, [])

    assert facts.configuration == {"horizon": 4, "hidden_size": 3, "epochs": 1, "window": 8, "seed": 1}
    assert set(facts.settled) == {"season_length", "anchor", "scaler"}


def test_residuals_are_in_order_of_time_each_target_and_series_for_itself(forecaster, backtest):
    residuals = forecast_facts("shops.csv", forecaster.options, forecaster.fitted, backtest, []).residuals

    first, second = backtest.forecasts[:2]
    expected = np.concatenate([first.truth - first.point, second.truth - second.point])
    assert [(one.target, len(one.runs), one.horizon) for one in residuals] == [("sales", 6, 4), ("visits", 6, 4)]
    for k, one in enumerate(residuals):
        np.testing.assert_array_equal(one.runs[0], expected[:, k])


def test_each_of_several_targets_has_scores_of_its_own(forecaster, backtest):
    facts = forecast_facts("shops.csv", forecaster.options, forecaster.fitted, backtest, [])

    assert list(facts.target_scores) == ["sales", "visits"]
    for k, rows in enumerate(facts.target_scores.values()):
        errors = [np.abs(one.truth[:, k] - one.point[:, k]).mean() for one in backtest.forecasts]
        assert rows[0].mae == pytest.approx(np.mean(errors), rel=1e-12)  # the same sums in another order
        assert [row.model for row in rows] == [row.model for row in facts.scores]
    assert any(note.startswith("MAE, RMSE and widths of intervals are means over 2 targets") for note in facts.notes)


def test_the_gates_are_those_over_the_window_that_is_read(forecaster, backtest):
    (section,) = forecast_facts("shops.csv", forecaster.options, forecaster.fitted, backtest, []).gates
    assert section.heading == "Gates"
    assert section.drawings[0].wide.description == "8 steps."
    assert section.drawings[0].narrow is not None


def test_errors_by_step_are_means_over_forecasts_of_network_and_best_baseline(forecaster, backtest):
    facts = forecast_facts("shops.csv", forecaster.options, forecaster.fitted, backtest, [])

    best = min((row for row in facts.scores if row.is_baseline), key=lambda row: row.mase)
    errors = np.abs(np.stack([one.truth - one.point for one in backtest.forecasts]))
    # The same sums in another order: a few units in the last place of a float64.
    for k, one in enumerate(facts.horizon_errors):
        np.testing.assert_allclose(one.model, errors[:, :, k].mean(axis=0), rtol=1e-12)
        assert (one.target, one.baseline_name) == (["sales", "visits"][k], best.model)
