"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

from tidegate.report.facts import CoverageRow, ScoreRow
from tidegate.report.page import SCORES, coverage_words, score_cells
from tidegate.report.task_facts import Table
from tidegate.report.task_page import table_cells
from tidegate.report.verdict import verdict

_WIDEST = 200  # columns of a table where there is no terminal to fit it to


def say(words: str = "") -> None:
    """A line as it is: paths must stay whole to be copied."""
    print(words)


def say_json(content: Mapping[str, Any]) -> None:
    """Standard JSON, which has no NaN: null stands for it."""
    print(json.dumps(_plain(content), indent=2, allow_nan=False))


def show_scores(scores: Sequence[ScoreRow], coverage: Sequence[CoverageRow]) -> None:
    """The tables that the report has, with the same figures."""
    table = _table("Model", *SCORES)
    for row, cells in score_cells(scores):
        table.add_row(row.model, *(Text(cell.words, style="bold" if cell.is_best else "") for cell in cells))
    _console().print(table)
    if coverage:
        intervals = _table("Interval", "Actual", "Difference", "Mean width")
        for one in coverage:
            intervals.add_row(*coverage_words(one))
        say()
        _console().print(intervals)


def show_table(table: Table) -> None:
    """A table of a report, with the same figures."""
    drawn = _table(*table.header)
    for row in table_cells(table):
        drawn.add_row(*row)
    _console().print(drawn)


def show_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of a frame; numbers with six digits."""
    table = _table(*rows[0])
    for row in rows:
        table.add_row(*(f"{value:.6g}" if isinstance(value, float) else str(value) for value in row.values()))
    _console().print(table)


def show_verdict(scores: Sequence[ScoreRow], evaluation: str, notes: Sequence[str]) -> None:
    """Notes first, since the verdict is to be read in their light."""
    for note in notes:
        say(f"Note: {note}")
    say(f"{verdict(scores, evaluation)}.")


def _console() -> Console:
    """Names of series and columns are shown as they are, brackets and all."""
    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else _WIDEST)


def _table(first: str, *others: str) -> Drawn:
    """Ruled on a terminal, bare columns elsewhere."""
    table = Drawn(box=box.SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    table.add_column(first, overflow="fold")  # the only one that gives way on a narrow terminal
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _plain(value: Any) -> Any:
    match value:
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
