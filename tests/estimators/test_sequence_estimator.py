import pickle

import numpy as np
import pytest

from tidegate import SequenceClassifier, SequenceRegressor
from tidegate.errors import ConfigurationError, DataError, NotFittedError
from tidegate.estimators import sequence_estimator

SOURCE = np.random.default_rng(0)
X = SOURCE.normal(size=(30, 5, 1))
Y = X.sum((1, 2))
SMALL = {"hidden_size": 4, "epochs": 2}


def test_a_seeded_share_is_watched_and_keeps_its_order():
    regressor = SequenceRegressor(**SMALL, validation=0.2, seed=1)
    records = regressor._records(X, Y)
    training, held = regressor.hold_out(records)

    assert (len(training), len(held)) == (24, 6)
    for part in (training, held):
        assert (np.diff(part.places.numbers) > 0).all()
    assert set(training.targets) | set(held.targets) == set(Y.tolist())
    other = SequenceRegressor(**SMALL, validation=0.2, seed=2).hold_out(records)[1]
    assert held.targets != other.targets
    assert SequenceRegressor(**SMALL, validation=0.2, seed=1).hold_out(records)[1].targets == held.targets


def test_of_few_examples_one_at_least_is_learnt_from():
    regressor = SequenceRegressor(**SMALL, validation=0.9)
    training, held = regressor.hold_out(regressor._records(X[:3], Y[:3]))
    assert (len(training), len(held)) == (1, 2)


def test_without_validation_it_trains_to_the_end_whatever_the_patience():
    regressor = SequenceRegressor(hidden_size=4, epochs=7, validation=0, patience=1).fit(X, Y)
    assert len(regressor.history_) == 7


def test_few_examples_held_out_are_scored_but_choose_no_epoch():
    many, wanted = np.concatenate([X] * 7), np.concatenate([Y] * 7)
    few = SequenceRegressor(hidden_size=4, epochs=7, patience=1, learning_rate=1e-9).fit(many[:190], wanted[:190])
    assert [epoch.valid for epoch in few.history_.epochs] == [None] * 7
    told = "the 19 examples held out are too few to choose an epoch by: the network is that of the last of all 7 epochs"
    assert told in few.notes_
    enough = SequenceRegressor(hidden_size=4, epochs=2).fit(many[:200], wanted[:200])
    assert enough.history_.epochs[0].valid is not None
    given = SequenceRegressor(hidden_size=4, epochs=2).fit(X, Y, valid=(X[:2], Y[:2]))
    assert given.history_.epochs[0].valid is not None


def test_passes_over_few_examples_are_many_and_options_stay_as_they_were():
    regressor = SequenceRegressor(hidden_size=2).fit(X[:, :2], Y)
    assert len(regressor.history_) == regressor.fitted.options.epochs == 300
    assert regressor.get_params()["epochs"] is None


def test_changed_options_leave_what_is_trained():
    regressor = SequenceRegressor(**SMALL).fit(X, Y)
    before = regressor.predict(X)
    regressor.set_params(max_length=2, hidden_size=9)
    assert np.array_equal(regressor.predict(X), before)


def test_a_fit_that_fails_leaves_what_was_trained_before():
    regressor = SequenceRegressor(**SMALL).fit(X, Y)
    before = regressor.predict(X)
    with pytest.raises(DataError):
        regressor.fit(X, Y[:3])
    assert np.array_equal(regressor.predict(X), before)


def test_a_single_example_is_too_few():
    with pytest.raises(DataError, match="one example cannot be both learnt from and watched"):
        SequenceRegressor(**SMALL).fit(X[:1], Y[:1])


def test_resuming_with_other_settings_is_told(tmp_path):
    SequenceRegressor(**SMALL).fit(X, Y, directory=tmp_path)
    with pytest.raises(ConfigurationError, match="began with seed=0, not 1"):
        SequenceRegressor(**SMALL, seed=1).fit(X, Y, directory=tmp_path, resume=True)
    with pytest.raises(DataError, match="began with other training data"):
        SequenceRegressor(**SMALL).fit(X, Y + 1.0 * (Y > 0), directory=tmp_path, resume=True)
    with pytest.raises(ConfigurationError, match="began with another objective"):
        SequenceRegressor(**SMALL, loss="mae").fit(X, Y, directory=tmp_path, resume=True)


def test_scikit_learn_knows_what_they_are():
    from sklearn.base import is_classifier, is_regressor
    from sklearn.exceptions import NotFittedError as SklearnNotFitted
    from sklearn.utils.validation import check_is_fitted

    assert is_classifier(SequenceClassifier())
    assert is_regressor(SequenceRegressor())
    with pytest.raises(SklearnNotFitted):
        check_is_fitted(SequenceRegressor())
    check_is_fitted(SequenceRegressor(**SMALL).fit(X, Y))
    with pytest.raises(NotFittedError, match="this SequenceRegressor is not trained yet; call fit first"):
        SequenceRegressor().predict(X)


def test_processes_of_a_search_can_be_given_one():
    regressor = SequenceRegressor(**SMALL).fit(X, Y)
    again = pickle.loads(pickle.dumps(regressor))
    assert np.array_equal(again.predict(X), regressor.predict(X))


def test_what_cannot_be_scored_is_told_before_training_and_nothing_is_prepared_twice(monkeypatch):
    prepared = []
    prepare = SequenceClassifier._prepare
    monkeypatch.setattr(
        SequenceClassifier, "_prepare", lambda self, given: prepared.append(given) or prepare(self, given)
    )
    labels = ["low" if value < 0 else "high" for value in Y]
    SequenceClassifier(**SMALL).fit(X, labels, valid=(X, labels), test=(X, labels))
    assert len(prepared) == 1
    monkeypatch.setattr(sequence_estimator, "train", None)
    with pytest.raises(DataError, match="'odd'"):
        SequenceClassifier(**SMALL).fit(X, labels, test=(X[:2], ["odd", "low"]))


def test_what_was_held_out_counts_as_not_learnt(monkeypatch):
    monkeypatch.setattr(sequence_estimator, "train", None)
    monkeypatch.setattr(SequenceClassifier, "hold_out", lambda _, records: (records.take(np.arange(20)), None))
    labels = ["low", "high"] * 10 + ["odd"] * 10
    with pytest.raises(DataError, match="'odd'"):
        SequenceClassifier(**SMALL).fit(X, labels, test=(X[-2:], ["odd", "odd"]))
