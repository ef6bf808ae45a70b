"""Rows that come after training, as scikit-learn's splits cut them out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score

from tidegate.data.panel import read_panel
from tidegate.errors import DataError, NotFittedError
from tidegate.estimators.forecasting.continuation import continued


def test_the_score_is_minus_the_mase_of_evaluate_on_the_rows_after_training(fitted, monthly):
    longer = monthly(rows=72, ids=("a",))
    new = longer[longer.ds >= "2005-01-01"]
    expected = fitted.evaluate(longer, windows=3).metrics["mase"]  # 12 new rows, in stretches of 4
    assert fitted.score(new) == -expected
    assert fitted.score(longer) == -expected  # what was learnt is never scored


def test_the_last_rows_count_too_where_no_whole_stretch_is_left(fitted, monthly):
    longer = monthly(rows=65, ids=("a", "b"))
    changed = longer.copy()
    changed.loc[changed.ds == longer.ds.max(), "y"] += 10
    assert fitted.score(changed) < fitted.score(longer)


def test_a_stretch_is_forecast_as_predict_does(fitted):
    foretold = fitted.predict(4).rename(columns={"GRU": "y"})
    assert fitted.score(foretold) == 0  # the very numbers that were foretold


def test_every_fold_is_scored_from_the_rows_before_it(tiny, monthly):
    frame = monthly(rows=60)
    scores = cross_val_score(tiny(), frame, cv=TimeSeriesSplit(2), error_score="raise")
    for (train, test), score in zip(TimeSeriesSplit(2).split(frame), scores, strict=True):
        assert tiny().fit(frame.iloc[train]).score(frame.iloc[test]) == score
    for kind in (pl.from_pandas(frame), pl.from_pandas(frame).to_arrow()):
        assert np.array_equal(cross_val_score(tiny(), kind, cv=TimeSeriesSplit(2), error_score="raise"), scores)


def test_a_search_finds_the_option_that_forecasts_better(tiny, monthly):
    rates = {"learning_rate": [1e-9, 0.03], "anchor": ["none"]}
    search = GridSearchCV(tiny(epochs=12), rates, cv=TimeSeriesSplit(2), error_score="raise").fit(monthly(rows=96))
    assert search.best_params_["learning_rate"] == 0.03
    assert len(search.predict(5)) == 5


def test_several_series_are_split_by_time_where_rows_are_sorted_by_it(tiny, monthly):
    stacked = monthly(ids=("a", "b"))
    by_time = stacked.sort_values("ds", kind="stable")
    assert np.isfinite(cross_val_score(tiny(), by_time, cv=TimeSeriesSplit(2), error_score="raise")).all()
    with pytest.raises(DataError, match=r"series 'b' was not learnt.*sort the rows of all series by time"):
        cross_val_score(tiny(), stacked, cv=TimeSeriesSplit(2), error_score="raise")


def test_a_fold_with_nothing_new_says_so(tiny, fitted, monthly):
    with pytest.raises(DataError, match=r"series 'a' has no row after 2004-12-01, .* nothing new .*TimeSeriesSplit"):
        fitted.score(monthly(ids=("a",)))
    with pytest.raises(DataError, match="nothing new"):
        cross_val_score(tiny(), monthly(), cv=2, error_score="raise")
    with pytest.raises(NotFittedError):
        tiny().score(monthly())


def test_what_has_no_mase_is_told(tiny, monthly):
    flat = monthly(rows=30).assign(y=1.0)
    with pytest.raises(DataError, match=r"no MASE.*a season \(12\)"):
        tiny().fit(flat.head(20)).score(flat.tail(10))


def test_rows_left_out_between_are_missing(monthly):
    whole = monthly(rows=20)
    joined = continued(read_panel(whole.head(10)), read_panel(whole.tail(7))).series[0]
    assert np.array_equal(joined.times, whole.ds.to_numpy().astype("datetime64[us]"))
    expected = whole.y.where((whole.index < 10) | (whole.index >= 13))
    assert np.array_equal(joined.target[:, 0], expected, equal_nan=True)


def test_times_off_the_grid_are_told():
    first, later = ({"ds": pd.to_datetime(days), "y": [1.0, 2.0]} for days in (DAYS[:2], DAYS[2:]))
    with pytest.raises(DataError, match=r"2024-01-09 12:00:00 is off the grid \(step: day\).*end at 2024-01-02"):
        continued(read_panel(pd.DataFrame(first)), read_panel(pd.DataFrame(later)))


DAYS = ["2024-01-01", "2024-01-02", "2024-01-09 12:00", "2024-01-10 12:00"]
