"""What a forecaster is scored on: rows that it did not learn from."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate.errors import DataError, NotFittedError
from tidegate.estimators.forecasting.forecaster import Forecaster


def test_evaluate_counts_what_was_learnt_and_scores_what_is_new(fitted, monthly):
    longer = monthly(rows=72, ids=("a", "b"))
    new = fitted.evaluate(longer, h=4, windows=3)
    assert (new.learnt, len(new.forecasts), new.horizon, new.season) == (0, 6, 4, 12)
    mixed = fitted.evaluate(longer, h=4, windows=5)
    assert mixed.learnt == 4
    assert fitted.evaluate(monthly(rows=60, ids=("c",)), h=4).learnt == 0
    assert list(new.intervals) == [80, 95]
    assert list(fitted.evaluate(longer, h=4, level=[50]).intervals) == [50]


def test_evaluate_forecasts_from_what_stands_before_alone(fitted, monthly):
    longer = monthly(rows=72, ids=("a", "new"))
    poisoned = longer.copy()
    poisoned.loc[poisoned.ds >= "2005-08-01", "y"] = 1e7
    clean, dirty = (fitted.evaluate(one, h=5, windows=1) for one in (longer, poisoned))
    assert all(np.array_equal(a.point, b.point) for a, b in zip(clean.forecasts, dirty.forecasts, strict=True))


def trained_by_backtest(monkeypatch, forecaster, frame, **options):
    made = []
    fit = Forecaster.fit

    def caught(self, *args, **rest):
        made.append(fit(self, *args, **rest))
        return made[-1]

    monkeypatch.setattr(Forecaster, "fit", caught)
    backtest = forecaster.backtest(frame, **options)
    monkeypatch.setattr(Forecaster, "fit", fit)
    (one,) = made
    return one, backtest


@pytest.mark.parametrize("scaler", ["auto", "minmax"])
def test_backtest_learns_nothing_from_the_rows_held_out(tiny, monthly, monkeypatch, scaler, bits):
    clean = monthly(ids=("a", "b"))
    poisoned = clean.copy()
    poisoned.loc[poisoned.ds >= "2004-07-01", "y"] = 1e8
    forecaster = tiny(scaler=scaler)
    (one, before), (other, after) = (
        trained_by_backtest(monkeypatch, forecaster, frame, h=3, windows=2) for frame in (clean, poisoned)
    )
    assert bits(one) == bits(other)
    assert np.array_equal(one.fitted.errors.errors, other.fitted.errors.errors, equal_nan=True)
    for a, b in zip(before.forecasts[::2], after.forecasts[::2], strict=True):
        assert np.array_equal(a.point, b.point)  # the first stretch of each series
    assert before.learnt == 0


def test_backtest_leaves_the_forecaster_as_it_was(tiny, monthly, bits):
    forecaster = tiny().fit(monthly())
    before, told, options = bits(forecaster), forecaster.predict(3), forecaster.options
    backtest = forecaster.backtest(h=6)
    assert [len(one.point) for one in backtest.forecasts] == [6]
    assert bits(forecaster) == before
    assert forecaster.predict(3).equals(told)
    assert forecaster.options == options
    unfitted = tiny()
    unfitted.backtest(monthly())
    with pytest.raises(NotFittedError):
        unfitted.predict()


def test_a_zero_held_out_does_not_stop_the_backtest_of_a_logarithm(tiny, monthly):
    given = monthly()
    given["y"] = np.exp(given.y / 4)
    given.loc[58, "y"] = 0.0
    backtest = tiny(scaler="log").backtest(given, h=4)
    assert backtest.forecasts[0].truth[2] == 0


def test_rows_watched_may_be_given_apart(tiny, monthly, bits):
    whole = monthly(ids=("a", "b"))
    first = whole[whole.groupby("unique_id").cumcount() < 48]
    later = whole[whole.groupby("unique_id").cumcount() >= 48]
    by_share = tiny(validation=0.2).fit(whole)  # of 60 rows the last 12
    apart, at_once = (tiny(validation=0.5).fit(first, valid=rows) for rows in (later, whole))
    assert bits(by_share) == bits(apart) == bits(at_once)
    assert len(apart.fitted.recent.series[0]) == 60
    with pytest.raises(DataError, match="series 'b' has no later rows; give both, or leave it out"):
        tiny().fit(first, valid=later[later.unique_id == "a"])
    with pytest.raises(DataError, match="series 'b' has later rows, but none before them"):
        tiny().fit(first[first.unique_id == "a"], valid=later)
