"""What the report of a task on sequences tells: what was trained, how it went, and the task's own sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.report.facts import LearningCurves
from tidegate.report.svg import Chart, Drawn


@dataclass(frozen=True)
class Table:
    """A table by name: the first cell of each row names it, numbers of a column are shown with equal decimals."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str | float]]


@dataclass(frozen=True)
class Section:
    """A part of the page: a heading, words, then charts, tables and samples of text, those that are there."""

    heading: str
    words: str = ""
    charts: Sequence[Chart | Drawn] = ()
    tables: Sequence[Table] = ()
    samples: Sequence[str] = ()

    @property
    def drawings(self) -> list[Drawn]:
        """The charts, each for wide pages and, where it was drawn twice, for phones."""
        return [Drawn(chart) if isinstance(chart, Chart) else chart for chart in self.charts]


@dataclass(frozen=True, eq=False)
class TaskFacts:
    """All that the report of a task tells. What is empty or None is left out of the page.

    headline: the one sentence at its head; created: an ISO 8601 time; trained: what was trained, by name; scores: for
    each part of the data ("validation", "test") the metrics by name; configuration: the options that somebody chose,
    settled: those that the data settled, usual: those at their defaults.
    """

    title: str
    headline: str
    created: str
    trained: Mapping[str, object] = field(default_factory=dict)
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    learning: LearningCurves | None = None
    sections: Sequence[Section] = ()
    notes: Sequence[str] = ()
    configuration: Mapping[str, object] = field(default_factory=dict)
    settled: Mapping[str, object] = field(default_factory=dict)
    usual: Mapping[str, object] = field(default_factory=dict)
    fingerprint: Mapping[str, object] = field(default_factory=dict)
    next_commands: Sequence[str] = ()

    @property
    def score_table(self) -> Table:
        """A row for each part that was scored."""
        names = list(dict.fromkeys(name for metrics in self.scores.values() for name in metrics))
        rows: list[list[str | float]] = []
        for part, metrics in self.scores.items():
            rows.append([part, *(metrics.get(name, float("nan")) for name in names)])
        return Table("Scores", ["data", *names], rows)
