"""The report of a task on sequences: facts in, one self-contained HTML page out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tidegate.atomic import write_atomically
from tidegate.report import charts, figures
from tidegate.report.page import environment, flattened, for_both_widths
from tidegate.report.palette import DARK, LIGHT, variables
from tidegate.report.task_facts import Table, TaskFacts


def write_task_report(facts: TaskFacts, path: str | os.PathLike[str]) -> Path:
    """Writes the page to `path`, whole or not at all; it needs nothing but itself to be read."""
    return write_atomically(path, render_task(facts).encode("utf-8", errors="replace"))


def render_task(facts: TaskFacts) -> str:
    """The page as text. Raises MissingExtraError without Jinja2."""
    return (
        environment()
        .get_template("task.html.j2")
        .render(
            facts=facts,
            headline=facts.headline,
            scores=facts.score_table if facts.scores else None,
            cells=table_cells,
            trained=list(flattened(facts.trained)),
            learning=for_both_widths(charts.learning_chart, facts.learning),
            configuration=list(flattened(facts.configuration)),
            fingerprint=list(flattened(facts.fingerprint)),
            light=variables(LIGHT),
            dark=variables(DARK),
        )
    )


def table_cells(table: Table) -> list[list[str]]:
    """The rows of a table in words; whole numbers stay whole."""
    columns = [_column(list(column)) for column in zip(*table.rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def _column(values: Sequence[str | float]) -> list[str]:
    numbers = [value for value in values if not isinstance(value, str)]
    if len(numbers) < len(values):
        return [value if isinstance(value, str) else _alone(value) for value in values]
    if all(isinstance(value, int) for value in numbers):
        return [f"{value:,}" for value in numbers]
    return figures.column(numbers)


def _alone(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else figures.column([value])[0]
