"""The report of a task on sequences: facts in, one self-contained HTML page out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tidegate.atomic import write_atomically
from tidegate.report import charts, figures
from tidegate.report.metrics import labelled, metric_meanings
from tidegate.report.page import environment, flattened, for_both_widths
from tidegate.report.palette import DARK, LIGHT, variables
from tidegate.report.task_facts import Table, TaskFacts


def write_task_report(facts: TaskFacts, path: str | os.PathLike[str]) -> Path:
    """Writes the page to `path`, whole or not at all; it needs nothing but itself to be read."""
    return write_atomically(path, render_task(facts).encode("utf-8", errors="replace"))


def render_task(facts: TaskFacts) -> str:
    """The page as text. Raises MissingExtraError without Jinja2."""
    scores = facts.score_table
    page = environment().get_template("task.html.j2")
    return page.render(
        facts=facts,
        headline=facts.headline,
        scores=labelled(scores) if facts.scores else None,
        meanings=metric_meanings(scores.header),
        cells=table_cells,
        word_columns=word_columns,
        trained=list(flattened(facts.trained)),
        learning=for_both_widths(charts.learning_chart, facts.learning),
        configuration=list(flattened(facts.configuration)),
        settled=list(flattened(facts.settled)),
        usual=list(flattened(facts.usual)),
        fingerprint=list(flattened(facts.fingerprint)),
        light=variables(LIGHT),
        dark=variables(DARK),
    )


def table_cells(table: Table) -> list[list[str]]:
    """The rows of a table in words; whole numbers stay whole."""
    columns = [_column(list(column)) for column in zip(*table.rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def word_columns(table: Table) -> list[bool]:
    """Which columns hold words alone: they are set from the left, numbers from the right."""
    return [all(isinstance(cell, str) for cell in column) for column in zip(*table.rows, strict=True)]


def _column(values: Sequence[str | float]) -> list[str]:
    numbers = [value for value in values if not isinstance(value, str)]
    if len(numbers) < len(values):
        return [value if isinstance(value, str) else _alone(value) for value in values]
    if all(isinstance(value, int) for value in numbers):
        return [f"{value:,}" for value in numbers]
    return figures.column(numbers)


def _alone(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else figures.column([value])[0]
