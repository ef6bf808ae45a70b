from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from sklearn.base import clone

from tidegate.errors import ConfigurationError, DataError, NotFittedError

STRATEGIES = ["recursive", "direct"]


def test_the_kind_of_frame_given_comes_back_with_the_same_numbers(tiny, monthly, tmp_path):
    given = monthly(ids=("a", "b"))
    given.to_csv(tmp_path / "y.csv", index=False)
    given.to_parquet(tmp_path / "y.parquet")
    kinds = [
        (given, pd.DataFrame),
        (pl.from_pandas(given), pl.DataFrame),
        (pa.Table.from_pandas(given, preserve_index=False), pa.Table),
        (tmp_path / "y.csv", pl.DataFrame),
        (str(tmp_path / "y.parquet"), pl.DataFrame),
    ]
    told = []
    for source, kind in kinds:
        frame = tiny().fit(source).predict(5, level=[80])
        assert isinstance(frame, kind)
        told.append(frame if isinstance(frame, pd.DataFrame) else frame.to_pandas())
    for frame in told:
        assert list(frame.columns) == ["unique_id", "ds", "GRU", "GRU-lo-80", "GRU-hi-80"]
        assert frame.unique_id.tolist() == ["a"] * 5 + ["b"] * 5
        assert pd.to_datetime(frame.ds).tolist() == 2 * pd.date_range("2005-01-01", periods=5, freq="MS").tolist()
        # bit for bit: the same values were read, and CSV holds shortest round-trip decimals
        assert np.array_equal(frame.iloc[:, 2:], told[0].iloc[:, 2:])


def test_one_series_of_whole_number_times_needs_no_names(tiny):
    values = np.random.default_rng(0).normal(size=50)
    frame = tiny().fit(pd.DataFrame({"year": range(1900, 1950), "spots": values})).predict(3)
    assert frame.columns.tolist() == ["year", "GRU"]
    assert frame.year.tolist() == [1950, 1951, 1952]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_several_targets_past_known_and_text_beside_the_series(tiny, monthly, strategy):
    given = monthly(ids=("a", "b"), v=None, p=None, x=None)
    given["kind"] = given.unique_id.map({"a": "shop", "b": "works"})
    names = {"target": ["y", "v"], "past": "p", "known": "x", "static": "kind"}
    forecaster = tiny(strategy=strategy).fit(given, **names)
    future = monthly(rows=9, ids=("a", "b"), start="2005-01-01", x=None).drop(columns="y")
    frame = forecaster.predict(9, future=future, level=[90])
    wanted = [f"{name}-GRU{end}" for name in ("y", "v") for end in ("", "-lo-90", "-hi-90")]
    assert frame.columns.tolist() == ["unique_id", "ds", *wanted]
    assert np.isfinite(frame[wanted]).all(axis=None)
    moved = forecaster.predict(9, future=future.assign(x=future.x + 1))
    assert (moved["y-GRU"] != frame["y-GRU"]).all()  # the very first step hears what is known of it
    with pytest.raises(DataError, match="knows 'x' ahead of time"):
        forecaster.predict(9)
    with pytest.raises(DataError, match="9 steps"):
        forecaster.predict(9, future=future.head(8))
    stranger = given[given.unique_id == "b"].assign(unique_id="c", kind="mill")
    assert len(forecaster.predict(2, stranger, future=future.assign(unique_id="c").tail(9))) == 2
    backtest = forecaster.backtest(h=3, windows=2)
    assert np.isfinite(list(backtest.metrics.values())).all()


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("anchor", ["season", "last", "none"])
def test_gaps_train_to_finite_weights_and_are_forecast_over(tiny, monthly, strategy, anchor):
    given = monthly(p=None)
    given.loc[[0, 1, 7, 8, 20, 33, 34, 35, 50, 58, 59], "y"] = np.nan
    given.loc[[2, 30, 59], "p"] = np.nan
    forecaster = tiny(strategy=strategy, anchor=anchor).fit(given.drop(index=[25, 40]), target="y", past="p")
    assert all(torch.isfinite(weight).all() for weight in forecaster.fitted.engine.network.parameters())
    frame = forecaster.predict(9, level=[80])
    assert np.isfinite(frame.iloc[:, 1:]).all(axis=None)
    assert frame.ds[0] == pd.Timestamp("2005-01-01")
    assert np.isfinite(list(forecaster.backtest(h=3).metrics.values())).all()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_any_horizon_goes_and_a_longer_one_begins_with_the_shorter(tiny, monthly, strategy):
    forecaster = tiny(strategy=strategy, horizon=4).fit(monthly())
    longest = forecaster.predict(30, level=[80])
    assert len(longest) == 30
    assert len(forecaster.predict()) == 4
    widths = longest["GRU-hi-80"] - longest["GRU-lo-80"]
    assert (np.diff(widths) > -1e-5).all()  # single precision of values around ten
    for h in (1, 4, 5, np.int64(11)):
        pd.testing.assert_frame_equal(forecaster.predict(h, level=[80]), longest.head(h), check_exact=True)


def test_values_without_logarithm_are_refused_with_series_and_remedy(tiny, monthly):
    given = monthly(ids=("a", "b"))
    forecaster = tiny(scaler="log").fit(given.assign(y=np.exp(given.y)))
    with pytest.raises(DataError, match=r"series 'b': -2 has no logarithm.*scaler='standard'"):
        forecaster.predict(
            2, given.assign(y=np.where((given.unique_id == "b") & (given.ds == "2003-05-01"), -2.0, 1.0))
        )
    with pytest.raises(DataError, match=r"series 'a': 0 has no logarithm"):
        tiny(scaler="log").fit(given.assign(y=0.0))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_quantiles_are_learnt_in_order(tiny, monthly, strategy):
    if strategy == "recursive":
        with pytest.raises(ConfigurationError, match="needs strategy='direct'"):
            tiny(intervals="quantile", strategy=strategy)
        return
    forecaster = tiny(intervals="quantile", strategy=strategy, levels=(50, 90), epochs=3).fit(monthly(ids=("a", "b")))
    frame = forecaster.predict(9, level=[90, 50])
    ladder = frame[["GRU-lo-90", "GRU-lo-50", "GRU-hi-50", "GRU-hi-90"]].to_numpy()
    assert (np.diff(ladder, axis=1) >= 0).all()
    assert np.array_equal(frame.GRU, forecaster.predict(9).GRU)
    assert list(forecaster.evaluate(monthly(rows=70, ids=("a",))).intervals) == [50.0, 90.0]
    for method in (lambda: forecaster.predict(2, level=[80]), lambda: forecaster.backtest(h=3, level=[80])):
        with pytest.raises(ConfigurationError, match=r"level=80 was not learnt; there are 50, 90, or intervals="):
            method()


def test_a_horizon_beyond_the_validation_part_still_has_intervals(tiny, monthly):
    frame = tiny(horizon=40).fit(monthly()).predict(60, level=[80, 95])
    assert np.isfinite(frame.iloc[:, 1:]).all(axis=None)


def test_new_series_and_new_rows_are_forecast_from(fitted, monthly):
    both = monthly(rows=20, ids=("a", "new"), start="2010-01-01")
    frame = fitted.predict(3, both)
    assert frame.unique_id.tolist() == ["a"] * 3 + ["new"] * 3
    assert frame.ds[0] == pd.Timestamp("2011-09-01")
    # a series not met in training takes its own scale: shifted and stretched, it is forecast shifted and stretched
    moved = both.assign(y=np.where(both.unique_id == "new", 1000 + 50 * both.y, both.y))
    expected = np.where(frame.unique_id == "new", 1000 + 50 * frame.GRU, frame.GRU)
    assert fitted.predict(3, moved).GRU.to_numpy() == pytest.approx(expected, rel=1e-6)  # single precision


def test_one_row_is_enough_to_forecast_from(fitted, monthly):
    for id in ("a", "new"):
        frame = fitted.predict(14, monthly(rows=1, ids=(id,), start="2010-03-01"), level=[80])
        assert np.isfinite(frame.iloc[:, 2:]).all(axis=None)
        assert frame.ds[0] == pd.Timestamp("2010-04-01")


def test_a_series_much_shorter_than_window_and_season_trains_beside_a_long_one(tiny, monthly):
    given = pd.concat([monthly(rows=100, ids=("long",)), monthly(rows=8, ids=("short",))])
    forecaster = tiny(window=30, anchor="season").fit(given)
    frame = forecaster.predict(20, level=[80])
    assert np.isfinite(frame.iloc[:, 2:]).all(axis=None)
    with pytest.raises(DataError, match="series 'short' has 4 rows to fit on, 8 are needed"):
        forecaster.backtest(h=4)


def test_a_constant_series_is_forecast_near_itself(tiny, monthly):
    frame = tiny().fit(monthly().assign(y=5.0)).predict(9, level=[80])
    # nothing pulls the weights anywhere: the correction stays small beside a scale of one
    assert frame.GRU.to_numpy() == pytest.approx(5.0, abs=0.5)
    assert np.isfinite(frame["GRU-hi-80"]).all()


def test_remembered_rows_are_forecast_from(tiny, monthly, bits):
    forecaster = tiny().fit(monthly(ids=("a", "b")))
    later = monthly(rows=70, ids=("b",), seed=3)
    before = bits(forecaster)
    told = forecaster.predict(4, later)
    assert forecaster.remember(later) is forecaster
    pd.testing.assert_frame_equal(forecaster.predict(4), told, check_exact=True)
    assert bits(forecaster) == before
    assert forecaster.evaluate(later, h=4, windows=5).learnt == 3


def test_days_of_the_month_are_kept_as_the_frame_has_them(fitted, monthly):
    mid = monthly(rows=20, ids=("a",)).assign(ds=lambda f: f.ds + pd.Timedelta("14D"))
    assert fitted.predict(2, mid).ds.tolist() == [pd.Timestamp("2001-09-15"), pd.Timestamp("2001-10-15")]
    backtest = fitted.evaluate(mid, h=2)
    assert backtest.to_frame().ds.tolist() == [pd.Timestamp("2001-07-15"), pd.Timestamp("2001-08-15")]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda f, _: f.predict(0), r"h=0: give a whole number from 1 up"),
        (lambda f, _: f.predict(2.5), r"h=2.5: give a whole number"),
        (lambda f, _: f.predict(2, level=80), r"level=80: give a list, level=\[80\]"),
        (lambda f, _: f.predict(2, level=[180]), r"level=180: a level is a percentage"),
        (lambda f, _: f.predict(2, future="x.csv"), r"a future is given, but training knew of no columns known ahead"),
        (lambda f, d: f.evaluate(d, windows=0), r"windows=0: give a whole number"),
        (lambda f, d: f.evaluate(d, h=60), r"series 'a' has 60 rows, of which 1 window of 60 steps leave none"),
        (lambda f, _: f.backtest(h=0), r"h=0: give a whole number"),
        (lambda f, _: f.backtest(windows=-1), r"windows=-1: give a whole number"),
        (lambda f, _: f.backtest(h=55), r"series 'a' has 5 rows to fit on, 8 are needed; .* hold back fewer"),
        (lambda f, d: f.predict(2, d.rename(columns={"y": "z"})), r"there is no column 'y', only"),
        (lambda f, d: f.predict(2, d.assign(ds=range(len(d)))), r"the times are whole numbers"),
        (lambda f, _: f.set_params(epoch=3), r"no option 'epoch'; did you mean 'epochs'\?"),
    ],
)
def test_mistakes_are_told_with_what_would_do(fitted, monthly, call, message):
    with pytest.raises((ConfigurationError, DataError), match=message):
        call(fitted, monthly(ids=("a", "b")))


def test_scikit_learn_clones_it(tiny, monthly):
    forecaster = tiny(levels=(50.0, 90.0), learning_rate=0.01, initialisation=("glorot",)).fit(monthly())
    copy = clone(forecaster)
    assert copy.get_params() == forecaster.get_params()
    assert repr(copy) == repr(forecaster)
    with pytest.raises(NotFittedError):
        copy.predict()
    assert copy.fit(monthly()).predict(3).equals(forecaster.predict(3))


def test_changed_options_are_for_the_next_fit(tiny, monthly):
    forecaster = tiny().fit(monthly())
    told = forecaster.predict(3)
    assert forecaster.set_params(cell="lstm", epochs=1) is forecaster
    assert forecaster.predict(3).equals(told)
    assert forecaster.evaluate(monthly(rows=70)).model == "GRU"
    assert forecaster.get_params()["hidden_size"] == 4
    forecaster.fit(monthly())
    assert forecaster.name == "LSTM"
    assert forecaster.predict(3).columns.tolist() == ["ds", "LSTM"]
