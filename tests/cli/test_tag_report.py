"""The sections of a tagger's report: numbers are those of the assessment, mistakes are marked."""

from __future__ import annotations

import pytest

from tidegate.cli.tag_report import score_sections
from tidegate.cli.task_run import Scored
from tidegate.data.tagged import Tagged, from_lists
from tidegate.estimators.tagging.tag_scores import TagAssessment
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation
from tidegate.report.task_facts import Section

TRUTH = from_lists([["The", "cat", "sat"], ["He", "ran"]], [["B-NP", "I-NP", "B-VP"], ["B-NP", "B-VP"]])
TOLD = [["B-NP", "B-NP", "B-VP"], ["B-NP", "B-VP"]]


def sections(truth: Tagged = TRUTH, told=TOLD, training: Tagged = TRUTH) -> dict[str, Section]:
    assessment = TagAssessment(truth, told, TaggingPreparation.fit(training, lowercase=True, min_count=1))
    return {one.heading: one for one in score_sections(Scored("test", truth, assessment))}


def test_the_tables_hold_the_scores() -> None:
    found = sections()
    assert list(found) == ["By span", "By tag", "What is taken for what", "Sentences"]
    rows = found["By span"].tables[0].rows
    assert rows == [("NP", pytest.approx(1 / 3), 0.5, pytest.approx(0.4), 2), ("VP", 1.0, 1.0, 1.0, 2)]
    assert found["By tag"].tables[0].rows[0] == ("B-NP", pytest.approx(2 / 3), 1.0, pytest.approx(0.8), 2)
    assert found["What is taken for what"].tables[0].rows == [("I-NP", "B-NP", 1)]


def test_mistakes_are_marked_in_their_sentence() -> None:
    shown = sections()["Sentences"]
    assert shown.words.startswith("1 of 2 sentences are right throughout.")
    assert [sample.replace("\N{NO-BREAK SPACE}", " ") for sample in shown.samples] == [
        "The/B-NP  cat/[B-NP, true: I-NP]  sat/B-VP"
    ]


def test_where_all_is_right_no_mistake_is_shown() -> None:
    found = sections(told=TRUTH.tags, training=from_lists([["a", "b"]], [["X", "Y"]]))
    assert "By span" not in found
    assert found["What is taken for what"].tables == []
    assert found["Sentences"].samples == []


def test_a_matrix_of_too_many_tags_is_left_out() -> None:
    many = from_lists([[f"w{n}" for n in range(40)]], [[f"T{n:02}" for n in range(40)]])
    found = sections(many, [["T00"] * 40], many)["What is taken for what"]
    assert found.charts == []
    assert len(found.tables[0].rows) == 12


def test_tags_that_training_has_not_met_are_told() -> None:
    known = from_lists([["He", "ran"]], [["B-NP", "B-VP"]])
    assert "has not met these tags, which so cannot be told: I-NP (1)." in sections(training=known)["By tag"].words
    assert sections()["By tag"].words == "Token by token, on test data."
