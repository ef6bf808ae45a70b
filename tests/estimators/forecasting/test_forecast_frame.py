from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tidegate.data.columns import Columns
from tidegate.data.panel import read_panel
from tidegate.errors import DataError
from tidegate.estimators.forecasting.forecast_frame import Forecast, bound_names, to_frame


def forecasts_of(panel, rows=(8,), h=3, levels=(80, 97.5)):
    rng = np.random.default_rng(0)
    targets = len(panel.columns.target)
    made = []
    for series in panel.series:
        for row in rows:
            point = rng.normal(size=(h, targets))
            bands = {level: (point - level, point + level) for level in levels}
            made.append(Forecast(series, row, panel.step.after(series.times[row - 1], h), point, bands))
    return made


def test_columns_are_called_as_nixtlas(monthly):
    assert bound_names("GRU", 80.0) == ("GRU-lo-80", "GRU-hi-80")
    assert bound_names("GRU", 97.5) == ("GRU-lo-97.5", "GRU-hi-97.5")
    panel = read_panel(monthly(rows=12, ids=("a",), v=None), columns=Columns.of(target=["y", "v"]))
    (one,) = forecasts_of(panel)
    frame = to_frame(panel, "GRU", [one])
    names = [f"{target}-GRU{end}" for target in ("y", "v") for end in ("", "-lo-80", "-hi-80", "-lo-97.5", "-hi-97.5")]
    assert frame.columns.tolist() == ["unique_id", "ds", *names]
    for k, target in enumerate(("y", "v")):
        assert np.array_equal(frame[f"{target}-GRU"], one.point[:, k])
        assert np.array_equal(frame[f"{target}-GRU-lo-80"], one.bands[80][0][:, k])
        assert np.array_equal(frame[f"{target}-GRU-hi-97.5"], one.bands[97.5][1][:, k])


def test_forecasts_of_a_series_stand_together_in_the_panels_order(monthly):
    panel = read_panel(monthly(rows=12, ids=("b", "a")))
    made = forecasts_of(panel, rows=(6, 9))
    shuffled = [made[3], made[0], made[2], made[1]]
    frame = to_frame(panel, "GRU", shuffled)
    assert frame.unique_id.tolist() == ["b"] * 6 + ["a"] * 6
    assert np.array_equal(frame.GRU, np.concatenate([made[k].point[:, 0] for k in (0, 1, 3, 2)]))


def test_the_truth_comes_along_where_it_is_asked_for(monthly):
    panel = read_panel(monthly(rows=12))
    (one,) = forecasts_of(panel, levels=())
    frame = to_frame(panel, "GRU", [one], with_truth=True)
    assert frame.columns.tolist() == ["ds", "cutoff", "y", "GRU"]
    assert np.array_equal(frame.y, panel.series[0].target[8:11, 0])
    assert (frame.cutoff == panel.series[0].times[7]).all()
    assert np.array_equal(one.history, panel.series[0].target[:8])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC"])
def test_the_cutoff_is_a_time_as_the_times_are(monthly, zone):
    given = monthly(rows=12).assign(ds=pd.date_range("2024-03-31", periods=12, freq="h", tz=zone))
    panel = read_panel(given)
    frame = to_frame(panel, "GRU", forecasts_of(panel, levels=()), with_truth=True)
    assert frame.ds.dt.tz is not None
    assert frame.cutoff.dtype == frame.ds.dtype
    assert frame.ds.tolist() == given.ds[8:11].tolist()
    assert (frame.cutoff == given.ds[7]).all()


def test_the_cutoff_is_a_date_as_the_dates_are():
    days = pl.DataFrame({"ds": pl.date_range(date(2024, 1, 1), date(2024, 1, 12), eager=True), "y": np.arange(12.0)})
    panel = read_panel(days)
    frame = to_frame(panel, "GRU", forecasts_of(panel, levels=()), with_truth=True)
    assert frame.schema["cutoff"] == frame.schema["ds"] == pl.Date


@pytest.mark.parametrize(
    ("names", "with_truth", "clash"),
    [({"ds": "GRU"}, False, "GRU"), ({"y": "GRU"}, True, "GRU"), ({"unique_id": "cutoff"}, True, "cutoff")],
)
def test_a_name_the_forecast_needs_is_refused_in_the_callers_frame(monthly, names, with_truth, clash):
    given = monthly(rows=12, ids=("a",)).rename(columns=names)
    parts = {part: names.get(name, name) for part, name in (("id", "unique_id"), ("time", "ds"), ("target", "y"))}
    panel = read_panel(given, columns=Columns.of(**parts))
    with pytest.raises(DataError, match=f"column '{clash}' is called as a column of the forecast is; rename it"):
        to_frame(panel, "GRU", forecasts_of(panel), with_truth=with_truth)
