import re

import numpy as np
import pytest

from tidegate.report.charts import learning_chart
from tidegate.report.facts import LearningCurves
from tidegate.report.matrix import confusion_chart
from tidegate.report.page import twice
from tidegate.report.task_facts import Section, Table, TaskFacts
from tidegate.report.task_page import render_task, table_cells, word_columns, write_task_report


@pytest.fixture
def facts() -> TaskFacts:
    chart = confusion_chart(np.array([[3, 1], [0, 4]]), ["a", "b"])
    table = Table("By class", ["class", "f1", "examples"], [("<a>", 0.857, 4), ("b", 0.889, 4)])
    return TaskFacts(
        title="Letters <1>",
        headline="GRU: accuracy 0.875 on test data",
        created="2024-05-01T10:00:00+00:00",
        trained={"cell": "GRU"},
        scores={"validation": {"accuracy": 0.9}, "test": {"accuracy": 0.875, "f1": 0.87}},
        learning=LearningCurves(np.array([1.0, 0.5]), np.array([1.1, 0.7]), 2),
        sections=[Section("Confusion", "Who is who.", [chart], [table], ["a sample & more"])],
        notes=["One was cut."],
        configuration={"hidden_size": 4},
        fingerprint={"sha256": "00"},
        next_commands=["tidegate predict model"],
    )


def test_the_page_holds_all_that_is_told(facts, tmp_path):
    page = write_task_report(facts, tmp_path / "report.html").read_text()

    for words in (
        "GRU: accuracy 0.875 on test data",
        "One was cut.",
        "Who is who.",
        "a sample &amp; more",
        "hidden_size",
    ):
        assert words in page
    assert "&lt;a&gt;" in page
    assert "<caption>By class</caption>" in page
    assert "<caption>Scores</caption>" not in page  # the heading says so
    assert "<b>F1</b>: harmonic mean" in page
    assert page.count("<svg") == 3  # learning curves for both widths, and the matrix
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    cells = re.findall(r"<td>([^<]*)</td>", page)
    assert cells[:4] == ["0.900", "–", "0.875", "0.870"]


def test_what_is_empty_is_left_out():
    page = render_task(TaskFacts("t", "nothing", "2024-05-01T10:00:00+00:00"))
    assert re.findall(r"<h2>(.*?)</h2>", page) == []


def test_words_are_set_from_the_left_and_numbers_from_the_right():
    table = Table("Mistakes", ["truth", "told", "count"], [("a", "b", 3), ("b", "a", 1)])
    assert word_columns(table) == [True, True, False]
    page = render_task(TaskFacts("t", "h", "2024-05-01T10:00:00+00:00", sections=[Section("Mistakes", tables=[table])]))
    assert '<td class="words">b</td><td>3</td>' in page


def test_a_chart_drawn_for_both_widths_is_shown_in_both():
    drawn = twice(learning_chart, LearningCurves(np.array([1.0, 0.5]), None, 2))
    page = render_task(TaskFacts("t", "h", "2024-05-01T10:00:00+00:00", sections=[Section("Loss", charts=[drawn])]))
    assert [page.count(f'<div class="{width}">') for width in ("wide", "narrow")] == [1, 1]


def test_columns_of_a_table_have_equal_decimals_and_whole_numbers_none():
    table = Table("t", ["a", "b", "c", "d"], [("x", 1200, 0.5, "w"), ("y", 3, 0.123456, "v")])
    assert table_cells(table) == [["x", "1,200", "0.500", "w"], ["y", "3", "0.123", "v"]]
    assert table_cells(Table("t", ["a", "b"], [("x", 1), ("y", "none")])) == [["x", "1"], ["y", "none"]]
