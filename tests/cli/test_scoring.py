from types import SimpleNamespace

import pytest

import tidegate
from tidegate.cli.scoring import default_windows, metrics_of, notes_on, score_rows, where


@pytest.mark.parametrize(
    ("rows", "horizon", "windows"), [(59, 12, 1), (119, 12, 1), (120, 12, 2), (180, 12, 3), (9000, 12, 3), (10, 12, 1)]
)
def test_windows_are_up_to_three_within_a_fifth_of_the_shortest_series(rows, horizon, windows):
    panel = SimpleNamespace(series=[range(rows + 50), range(rows)])

    assert default_windows(panel, horizon) == windows


@pytest.fixture
def backtest(model, sales):
    return tidegate.load(model).evaluate(sales, windows=2)


def test_rows_json_and_words_tell_the_same(backtest):
    rows, told = score_rows(backtest), metrics_of(backtest)

    assert [row.model for row in rows] == ["GRU", *told["baselines"]]
    assert [row.is_baseline for row in rows] == [False, True, True, True]
    assert told["metrics"] == backtest.metrics
    assert rows[1].smape == told["baselines"]["naive"]["smape"]
    assert where(backtest) == "the last 2 × 6 steps"
    assert where(backtest, "held-out") == "the held-out 2 × 6 steps"


def test_levels_that_few_errors_cannot_promise_are_noted(model, backtest):
    fitted = tidegate.load(model).fitted

    notes = notes_on(backtest, fitted)

    assert not fitted.errors.enough_for(95)
    assert [note for note in notes if "promise 95 %" in note]
    assert not [note for note in notes if "promise 10 %" in note]
