import numpy as np
import polars as pl
import pytest
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import cross_val_score

from tidegate import SequenceRegressor
from tidegate.errors import DataError
from tidegate.estimators.labelled.regression import NumberPredictions

SOURCE = np.random.default_rng(0)
SERIES = [SOURCE.normal(size=(length, 1)) for length in SOURCE.integers(3, 9, 120)]
SUMS = np.array([100 + 20 * series.sum() for series in SERIES])


@pytest.fixture(scope="module")
def summing() -> SequenceRegressor:
    return SequenceRegressor(hidden_size=12, epochs=40, learning_rate=0.02, validation=0).fit(SERIES[:90], SUMS[:90])


def test_it_learns_the_sum_of_a_series(summing):
    # of the variance of sums not seen; the mean explains nothing of it
    assert summing.score(SERIES[90:], SUMS[90:]) > 0.9


def test_metrics_are_those_of_scikit_learn(summing):
    predicted = summing.predict(SERIES)
    metrics = summing.evaluate(SERIES, SUMS)
    assert metrics["mae"] == pytest.approx(mean_absolute_error(SUMS, predicted))
    assert metrics["mse"] == pytest.approx(mean_squared_error(SUMS, predicted))
    assert metrics["rmse"] == pytest.approx(mean_squared_error(SUMS, predicted) ** 0.5)
    assert metrics["r2"] == pytest.approx(r2_score(SUMS, predicted))
    assert np.isnan(summing.evaluate(SERIES[:1], SUMS[:1])["r2"])
    assert summing.prediction_frame(SERIES)["prediction"].to_list() == predicted.tolist()


def test_predictions_stand_beside_the_ids_of_a_long_table(tmp_path):
    frame = pl.DataFrame({"engine": [3, 3, 1, 1, 2], "heat": [1.0, 2.0, 3.0, 4.0, 5.0], "wear": [1, 1, 2, 2, 3]})
    frame.write_parquet(tmp_path / "e.parquet")
    regressor = SequenceRegressor(hidden_size=2, epochs=1, validation=0)
    regressor.fit(regressor.read(tmp_path / "e.parquet", {"id": "engine", "label": "wear"}))
    told = regressor.prediction_frame(tmp_path / "e.parquet")

    assert told.columns == ["engine", "prediction"]
    assert told["engine"].to_list() == [3, 1, 2]
    assert told["prediction"].to_list() == regressor.predict(tmp_path / "e.parquet").tolist()
    frame.rename({"engine": "prediction"}).write_parquet(tmp_path / "p.parquet")
    with pytest.raises(DataError, match="column 'prediction' holds the ids"):
        regressor.prediction_frame(regressor.read(tmp_path / "p.parquet", {"id": "prediction"}))


def test_nothing_is_explained_of_equal_numbers():
    truth = np.full(12, 0.1)
    assert truth.var() > 0  # by rounding
    assert np.isnan(NumberPredictions(truth, truth + 0.3).metrics["r2"])


def test_targets_of_another_size_and_place_change_nothing_but_the_units(summing):
    other = SequenceRegressor(**summing.get_params()).fit(SERIES[:90], 1e6 * SUMS[:90] - 5e7)
    # scaled targets differ by rounding, which training carries on
    np.testing.assert_allclose((other.predict(SERIES) + 5e7) / 1e6, summing.predict(SERIES), rtol=0.02)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_texts_and_losses_work_and_scikit_learn_validates(loss):
    texts = ["a " * count + "b" for count in range(1, 25)]
    regressor = SequenceRegressor(hidden_size=4, epochs=2, loss=loss)
    assert cross_val_score(regressor, texts, np.arange(24.0), cv=2).shape == (2,)


def test_targets_that_are_no_numbers_are_told_with_their_row():
    with pytest.raises(DataError, match="row 1: the target 'x' is not a number; for classes take a classifier"):
        SequenceRegressor(epochs=1).fit(["a", "b"], ["1", "x"])
