"""What a classifier learns from and what it watches."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate import SequenceClassifier

SMALL = {"hidden_size": 8, "epochs": 3}


def test_validation_data_decide_when_to_stop_and_a_share_is_taken_of_each_class():
    texts, labels = [f"text {number}" for number in range(100)], ["good", "bad", "bad", "good"] * 25
    classifier = SequenceClassifier(**SMALL, validation=0.2)
    training, held = classifier.hold_out(classifier._records(texts, labels))

    assert len(held) == 20
    assert abs(held.targets.count("good") - 0.2 * labels.count("good")) <= 0.5
    assert sorted([*training.inputs, *held.inputs]) == sorted(texts)
    given = SequenceClassifier(**SMALL).fit(training, valid=held)
    assert np.array_equal(given.predict_proba(texts), classifier.fit(texts, labels).predict_proba(texts))
    alone = SequenceClassifier(**SMALL, validation=0).fit(texts, labels)
    assert all(epoch.valid is None for epoch in alone.history_.epochs)


def test_of_a_class_with_one_example_it_is_learnt_from():
    classifier = SequenceClassifier(**SMALL, validation=0.9)
    training, held = classifier.hold_out(classifier._records(["a", "b", "c", "d"], [1, 2, 2, 2]))
    assert 1 in training.targets
    assert held.targets == (2, 2)
    assert classifier.hold_out(classifier._records(["a", "b"], [1, 2]))[1] is None


@pytest.mark.parametrize(
    ("sizes", "share", "held"),
    [
        ([5] * 20, 0.1, 10),  # half an example of each class
        ([60, 30, 7, 3], 0.1, 10),
        ([1] * 9 + [11], 0.1, 2),
        ([2] * 4, 0.9, 4),  # of each class one is learnt from
        ([2, 3], 0.1, 1),
        ([4, 4], 0, 0),
    ],
)
def test_the_share_is_that_of_all_examples_however_small_the_classes_are(sizes, share, held):
    labels = np.repeat(np.arange(len(sizes)), sizes).tolist()
    classifier = SequenceClassifier(validation=share)
    training, watched = classifier.hold_out(classifier._records(["text"] * len(labels), labels))

    counts = np.bincount(() if watched is None else watched.targets, minlength=len(sizes))
    assert counts.sum() == held == len(labels) - len(training)
    assert (counts < sizes).all()
    wanted = np.array(sizes) * share
    assert (np.abs(counts - wanted)[np.array(sizes) > 2] < 1.5).all()
