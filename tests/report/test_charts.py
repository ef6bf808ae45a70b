from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from tidegate.report import charts
from tidegate.report.facts import ForecastFacts, HorizonErrors, LearningCurves, Residuals, SeriesFacts
from tidegate.report.svg import Chart

MakeSeries = Callable[..., SeriesFacts]


def paths(chart: Chart, class_: str) -> list[str]:
    root = ElementTree.fromstring(chart.inline())
    return [path.get("d", "") for path in root.iter("path") if path.get("class") == class_]


def words(chart: Chart) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(chart.inline()).iter("text")]


def heights(path: str) -> np.ndarray:
    return np.array([float(point.split(",")[1]) for point in path.strip("MZ").replace("M", "L").split("L")])


def test_forecast_has_lines_bands_legend_and_dates(make_series: MakeSeries) -> None:
    chart = charts.forecast_chart(make_series())
    assert len(paths(chart, "line model")) == 2  # legend and line
    assert len(paths(chart, "area")) == 2
    assert {"observed", "forecast", "80 % interval", "95 % interval", "passengers", "1958"} <= set(words(chart))
    assert chart.title == "Forecast of passengers, series airline"
    assert chart.description == (
        "24 steps ahead from 1959-01-01 to 1960-12-01, with 80 % and 95 % intervals; the truth is drawn beside it."
    )


def test_the_wider_band_lies_below_and_encloses_the_narrower(make_series: MakeSeries) -> None:
    wide, narrow = (heights(path) for path in paths(charts.forecast_chart(make_series()), "area"))
    assert wide.min() < narrow.min()
    assert wide.max() > narrow.max()


def test_the_line_shows_the_values(make_series: MakeSeries) -> None:
    series = make_series()
    drawn = heights(paths(charts.forecast_chart(series), "line model")[1])
    # Higher values stand higher, that is at smaller y; places are rounded to a tenth of a unit.
    assert np.corrcoef(drawn, series.forecast_values)[0, 1] == pytest.approx(-1, abs=1e-5)


def test_gaps_break_the_line_and_the_band(make_series: MakeSeries) -> None:
    series = make_series()
    history, lower = series.history_values.copy(), series.bands[80.0][0].copy()
    history[-10:-5] = np.nan
    lower[3] = np.nan
    bands = {80.0: (lower, series.bands[80.0][1])}
    chart = charts.forecast_chart(replace(series, history_values=history, bands=bands))
    assert paths(chart, "line observed")[1].count("M") == 2
    assert paths(chart, "area")[0].count("M") == 2


def test_a_value_between_gaps_is_a_dot(make_series: MakeSeries) -> None:
    series = make_series()
    history = series.history_values.copy()
    history[[-12, -10]] = np.nan
    assert paths(charts.forecast_chart(replace(series, history_values=history)), "dots observed")[0].count("M") == 1


def test_the_band_of_a_single_step_can_be_seen(make_series: MakeSeries) -> None:
    series = make_series()
    step = slice(0, 1)
    bands = {80.0: (series.bands[80.0][0][step], series.bands[80.0][1][step])}
    times, values = series.forecast_times[step], series.forecast_values[step]
    chart = charts.forecast_chart(
        replace(series, forecast_times=times, forecast_values=values, truth=None, bands=bands)
    )
    places = {point.split(",")[0] for point in paths(chart, "area")[0].strip("MZ").split("L")}
    assert len(places) == 2
    assert chart.description.startswith("One step ahead, at 1959-01-01, with 80 % intervals")


def test_without_truth_and_bands(make_series: MakeSeries) -> None:
    chart = charts.forecast_chart(replace(make_series(), truth=None, bands={}))
    assert paths(chart, "area") == []
    assert chart.description.endswith("; the truth is not known yet.")


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("dated", [True, False])
def test_one_point_and_whole_number_times(length: int, dated: bool) -> None:
    times = np.arange(length + 1, dtype=np.int64)
    moments = np.datetime64("2024-02-29") + times if dated else times
    values = np.full(length + 1, 7.0)
    series = SeriesFacts("a", "y", moments[:length], values[:length], moments[length:], values[length:])
    chart = charts.forecast_chart(series)
    assert len(paths(chart, "dots model")) == 1
    assert ("step" in words(chart)) != dated


def test_all_missing_is_an_empty_chart(make_series: MakeSeries) -> None:
    series = make_series()
    missing = np.full(24, np.nan)
    bands = {80.0: (missing, missing)}
    empty = replace(series, history_values=np.full(120, np.nan), forecast_values=missing, truth=missing, bands=bands)
    chart = charts.forecast_chart(empty)
    assert len(paths(chart, "line model")) == 1  # in the legend only
    assert "nan" not in chart.drawing


def test_a_long_past_is_shown_at_its_end_and_whole_in_a_strip(make_long_series: MakeSeries) -> None:
    series = make_long_series("plant", past=10_000)
    assert charts.recent(series) == 10_000 - 72
    strip = charts.history_chart(series)
    assert strip.size.height < charts.forecast_chart(series).size.height
    assert strip.description == "10000 steps from 2022-03-01 to 2023-04-21 15:00."
    (line,) = paths(strip, "line observed")
    assert line.count("M") == 2  # the gap of 400 hours
    assert line.count("L") < 4 * charts.WIDE.width
    # Lowest and highest value both survive: with 6 % free on either side they span 1 / 1.12 of the frame.
    assert np.ptp(heights(line)) == pytest.approx(_plot_height(strip) / 1.12, abs=0.2)


def _plot_height(chart: Chart) -> float:
    window = next(ElementTree.fromstring(chart.inline()).iter("rect"))
    return float(window.get("height", "0"))


def test_a_short_past_is_shown_whole(make_series: MakeSeries) -> None:
    assert charts.recent(make_series(past=100)) == 0


def test_learning_curves(facts: ForecastFacts) -> None:
    assert facts.learning is not None
    chart = charts.learning_chart(facts.learning)
    drawn = paths(chart, "line other")[-1]  # the first is the sample in the legend
    assert np.corrcoef(heights(drawn), facts.learning.train)[0, 1] == pytest.approx(-1, abs=1e-5)
    assert {"training", "validation", "best epoch: 38", "epoch", "quantile loss"} <= set(words(chart))
    assert chart.description == "60 epochs; the weights of epoch 38 were kept."


def test_learning_without_validation_and_with_one_epoch() -> None:
    chart = charts.learning_chart(LearningCurves(np.array([0.5]), None, 1))
    assert "validation" not in words(chart)
    assert len(paths(chart, "dots other")) >= 1


def test_histogram_bars_count_the_residuals(facts: ForecastFacts) -> None:
    chart = charts.residual_histogram(facts.residuals[0].known)
    bars = [bar for bar in ElementTree.fromstring(chart.inline()).iter("rect") if bar.get("class") == "bar"]
    counts = [int((bar.findtext("title") or "").rsplit(" ", 1)[1]) for bar in bars]
    assert sum(counts) == 144
    tall = [float(bar.get("height", "0")) for bar in bars]
    # Heights are rounded to a tenth of a unit.
    np.testing.assert_allclose(tall, np.array(counts) * max(tall) / max(counts), atol=0.11)
    assert chart.description.startswith("144 residuals, mean −")


@pytest.mark.parametrize("values", [np.zeros(20), np.full(20, 3.5), np.array([1.5]), np.array([np.nan, 1.5])])
def test_residuals_that_do_not_vary(values: np.ndarray) -> None:
    residuals = Residuals("load", [values], 1)
    assert "bar" in charts.residual_histogram(residuals.known).drawing
    assert charts.autocorrelation_chart(residuals).description == "not defined: the residuals do not vary"


def test_autocorrelation_tells_what_lies_outside_chance() -> None:
    season = np.sin(2 * np.pi * np.arange(240) / 12)
    chart = charts.autocorrelation_chart(Residuals("load", [season], 1))
    # The correlation cos(2π·lag/12)·(1 − lag/240) vanishes at lags 3, 9, … 39 alone.
    assert chart.description == "33 of 40 lags lie outside ±0.13, where white noise stays at 95 % of them."
    several = charts.autocorrelation_chart(Residuals("load", [season], 12)).description
    assert several == f"{chart.description} Steps of one forecast err together, so that lags below 12 are expected to."
    assert paths(chart, "line model")[0].count("V") == 40
    assert len(paths(chart, "marker")) == 2


def test_error_by_step_ahead(facts: ForecastFacts) -> None:
    (errors,) = facts.horizon_errors
    chart = charts.horizon_chart(errors)
    assert {"GRU", "seasonal naive", "steps ahead", "mean absolute error", "0"} <= set(words(chart))
    assert chart.description == "Mean absolute error of GRU and seasonal naive at 1 to 24 steps ahead."


def test_error_of_a_single_step() -> None:
    chart = charts.horizon_chart(HorizonErrors(np.array([1.0]), np.array([2.0]), "GRU", "naive", "sales"))
    assert chart.description == "Mean absolute error of GRU and naive at one step ahead."
    assert "mean absolute error of sales" in words(chart)
    assert len(paths(chart, "dots model")) >= 1


def test_hostile_names_stay_words(make_series: MakeSeries) -> None:
    hostile = "</title><script>alert(1)</script>"
    chart = charts.forecast_chart(make_series(hostile, target=hostile))
    assert "<script" not in chart.inline()
    assert hostile in words(chart)
