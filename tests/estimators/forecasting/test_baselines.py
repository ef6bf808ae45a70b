import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.estimators.forecasting.baselines import baselines, drift, naive, seasonal_naive

NAN = float("nan")


def test_naive_repeats_the_last_observed_value():
    assert naive(np.array([1.0, 4.0, NAN]), 3).tolist() == [4, 4, 4]


def test_seasonal_naive_repeats_the_last_season_for_any_horizon():
    history = np.array([9.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    assert seasonal_naive(history, 7, 4).tolist() == [2, 3, 4, 5, 2, 3, 4]


def test_seasonal_naive_looks_further_back_where_the_last_season_has_a_gap():
    history = np.array([1.0, 2.0, 3.0, 4.0, NAN, 6.0])
    assert seasonal_naive(history, 4, 3).tolist() == [4, 2, 6, 4]


def test_seasonal_naive_takes_the_last_value_at_places_never_observed():
    assert seasonal_naive(np.array([5.0, NAN, 7.0]), 5, 4).tolist() == [7, 5, 7, 7, 7]


def test_drift_draws_the_line_from_first_to_last_observed_on():
    assert drift(np.array([NAN, 1.0, 9.0, 5.0, NAN]), 3).tolist() == [9, 11, 13]
    assert drift(np.array([NAN, 3.0]), 2).tolist() == [3, 3]


@given(
    period=st.integers(1, 12),
    seasons=st.integers(2, 4),
    cut=st.integers(0, 11),
    h=st.integers(0, 40),
    seed=st.integers(0, 1000),
)
def test_seasonal_naive_is_exact_on_what_repeats(period, seasons, cut, h, seed):
    whole = np.tile(np.random.default_rng(seed).normal(size=period), seasons + 50)
    length = period * seasons - min(cut, period)
    assert np.array_equal(seasonal_naive(whole[:length], h, period), whole[length : length + h])


def test_drift_is_exact_on_a_line_with_gaps():
    line = 2.5 * np.arange(20) - 7
    history = np.where(np.isin(np.arange(12), [0, 5, 11]), np.nan, line[:12])
    # one multiplication and one division away from the line
    assert drift(history, 8) == pytest.approx(line[12:], rel=1e-14)


def test_nothing_observed_gives_nothing():
    for forecast in baselines(np.array([NAN, NAN]), 2, 2).values():
        assert np.isnan(forecast).all()


def test_all_stand_side_by_side():
    history = np.random.default_rng(0).normal(size=20)
    found = baselines(history, 3, 7)
    assert list(found) == ["naive", "seasonal naive", "drift"]
    assert np.array_equal(found["seasonal naive"], history[13:16])
    assert np.array_equal(found["drift"], drift(history, 3))
