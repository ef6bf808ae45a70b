import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.estimators.forecasting.scores import (
    IntervalScores,
    Scores,
    mae,
    mase,
    owa,
    rmse,
    score,
    score_intervals,
    smape,
)

NAN = float("nan")


def test_scores_of_a_small_table_worked_by_hand():
    truth, forecast = np.array([10.0, 20.0, 0.0, -5.0]), np.array([12.0, 16.0, 0.0, 5.0])
    history = np.array([1.0, 5.0, 2.0, 9.0, 3.0])
    assert mae(truth, forecast) == (2 + 4 + 0 + 10) / 4
    assert rmse(truth, forecast) == np.sqrt((4 + 16 + 0 + 100) / 4)
    # one rounding per term
    assert smape(truth, forecast) == pytest.approx((200 * 2 / 22 + 200 * 4 / 36 + 0 + 200) / 4, rel=1e-15)
    # lag 2: |2-1|, |9-5|, |3-2|
    assert mase(truth, forecast, history, 2) == 4 / 2


def test_missing_truth_and_missing_history_are_left_out():
    truth, forecast = np.array([1.0, NAN, 4.0]), np.array([2.0, 100.0, 6.0])
    assert mae(truth, forecast) == 1.5
    assert rmse(truth, forecast) == np.sqrt(2.5)
    assert smape(truth, forecast) == pytest.approx((200 / 3 + 200 * 2 / 10) / 2, rel=1e-15)
    # of the steps 1→3, 3→?, ?→6, 6→2 the first and the last are known
    assert mase(truth, forecast, np.array([1.0, 3.0, NAN, 6.0, 2.0]), 1) == 1.5 / 3


def test_each_series_counts_once_however_long_it_is():
    truth = [np.zeros(10), np.zeros(2)]
    forecast = [np.full(10, 1.0), np.full(2, 4.0)]
    history = [np.array([0.0, 2.0, 0.0]), np.array([0.0, 1.0, 0.0])]
    assert score(truth, forecast, history, 1) == Scores(mae=2.5, rmse=2.5, smape=200.0, mase=(1 / 2 + 4 / 1) / 2)


def test_several_targets_count_as_several_series():
    rng = np.random.default_rng(0)
    truth, forecast, history = rng.normal(size=(6, 2)), rng.normal(size=(6, 2)), rng.normal(size=(30, 2))
    together = score([truth], [forecast], [history], 4)
    apart = score(list(truth.T), list(forecast.T), list(history.T), 4)
    assert together == apart


def test_series_without_a_score_take_no_part_in_its_mean():
    truth = [np.array([1.0]), np.array([NAN]), np.array([5.0])]
    forecast = [np.array([2.0]), np.array([3.0]), np.array([8.0])]
    history = [np.array([0.0, 2.0]), np.array([0.0, 1.0]), np.array([7.0, 7.0])]
    scores = score(truth, forecast, history, 1)
    assert scores.mae == 2
    assert scores.mase == 0.5


def test_a_history_no_longer_than_the_season_has_no_mase():
    assert np.isnan(mase(np.ones(2), np.zeros(2), np.arange(4.0), 4))


def test_a_missing_forecast_is_not_masked_away_when_truth_is_there():
    rng = np.random.default_rng(1)
    truth, forecast = rng.normal(size=8), rng.normal(size=8)
    forecast[3] = NAN
    assert np.isnan(mae(truth, forecast))
    scores = score([truth, truth], [forecast, truth], [truth, truth], 1)
    assert np.isnan([scores.mae, scores.rmse, scores.smape, scores.mase]).all()


def test_owa_is_one_for_the_reference_itself_and_halves_with_it():
    reference = Scores(3.0, 4.0, 18.383, 2.395)
    assert owa(reference, reference) == 1
    assert owa(Scores(0.0, 0.0, 18.383 / 2, 2.395 / 2), reference) == 0.5
    # the seasonal naive of M4's hourly series, as published
    assert owa(Scores(0.0, 0.0, 13.912, 1.193), reference) == pytest.approx(0.627, abs=5e-4)


def test_intervals_count_their_ends_and_leave_missing_truth_out():
    truth = [np.array([1.0, 2.0, NAN, 4.0]), np.array([0.0, 9.0])]
    lower = [np.array([1.0, 3.0, 0.0, 3.0]), np.array([-1.0, 0.0])]
    upper = [np.array([2.0, 4.0, 99.0, 4.0]), np.array([1.0, 4.0])]
    assert score_intervals(truth, lower, upper) == IntervalScores(coverage=(2 / 3 + 1 / 2) / 2, width=(1 + 3) / 2)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_smape_lies_between_0_and_200_and_knows_no_side(pairs):
    truth, forecast = np.array(pairs).T
    # a mean of values up to 200 rounds in the last place
    assert 0 <= smape(truth, forecast) <= 200 * (1 + 1e-15)
    assert smape(truth, forecast) == smape(forecast, truth)
