"""Scores of a few sentences, counted by hand."""

from __future__ import annotations

from tidegate.data.spans import Tally
from tidegate.data.tagged import from_lists
from tidegate.estimators.tagging.tag_scores import TagAssessment
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation

TRUTH = from_lists([["a", "b", "new"], ["b"]], [["B-x", "I-x", "O"], ["B-y"]])
TOLD = [["B-x", "I-x", "B-y"], ["O"]]


def assessment(told=TOLD, known=("a", "b"), met=("B-x", "I-x", "B-y", "O")) -> TagAssessment:
    training = from_lists([[word] * len(met) for word in known], [list(met)] * len(known))
    return TagAssessment(TRUTH, told, TaggingPreparation.fit(training, lowercase=True, min_count=1))


def test_the_metrics() -> None:
    metrics = assessment().metrics
    assert list(metrics) == ["f1", "precision", "recall", "accuracy", "accuracy_unknown_words"]
    assert metrics["f1"] == metrics["precision"] == metrics["recall"] == metrics["accuracy"] == 0.5
    assert metrics["accuracy_unknown_words"] == 0.0


def test_only_what_there_is_is_told() -> None:
    assert list(assessment(known=("a", "b", "new"), met=("x", "y")).metrics) == ["accuracy"]
    assert assessment(met=("x", "y")).spans == {}


def test_the_tables() -> None:
    found = assessment()
    assert found.spans == {"x": Tally(1, 1, 1), "y": Tally(1, 1, 0)}
    assert list(found.tags.items()) == [
        ("B-x", Tally(1, 1, 1)),
        ("B-y", Tally(1, 1, 0)),
        ("I-x", Tally(1, 1, 1)),
        ("O", Tally(1, 1, 0)),
    ]
    assert found.confusions == {("O", "B-y"): 1, ("B-y", "O"): 1}
    assert (Tally(4, 2, 1).precision, Tally(4, 2, 1).recall) == (0.5, 0.25)
    assert (Tally(0, 2, 0).recall, Tally(2, 0, 0).precision) == (0.0, 0.0)


def test_tags_that_training_has_not_met_are_told() -> None:
    assert assessment().unmet == {}
    assert assessment(met=("O", "B-x")).unmet == {"B-y": 1, "I-x": 1}


def test_all_right_is_one() -> None:
    metrics = assessment(told=TRUTH.tags).metrics
    assert set(metrics.values()) == {1.0}
