"""The report of a forecaster: facts in, one self-contained HTML page out."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tidegate.atomic import write_atomically
from tidegate.errors import MissingExtraError
from tidegate.report import charts, figures
from tidegate.report.facts import CoverageRow, ForecastFacts, Residuals, ScoreRow, SeriesFacts
from tidegate.report.palette import DARK, LIGHT, template_text, variables
from tidegate.report.svg import Chart, Drawn, Size
from tidegate.report.verdict import verdict

if TYPE_CHECKING:
    from jinja2 import Environment

Subject = TypeVar("Subject")

SCORES = {"MAE": "mae", "RMSE": "rmse", "sMAPE (%)": "smape", "MASE": "mase"}


@dataclass(frozen=True)
class Cell:
    """A figure in the table of scores."""

    words: str
    is_best: bool


def write_report(facts: ForecastFacts, path: str | os.PathLike[str]) -> Path:
    """Writes the page to `path`, whole or not at all; it needs nothing but itself to be read."""
    return write_atomically(path, render(facts).encode("utf-8", errors="replace"))


def render(facts: ForecastFacts) -> str:
    """The page as text. Raises MissingExtraError without Jinja2."""
    page = environment().get_template("forecast.html.j2")
    return page.render(
        facts=facts,
        headline=verdict(facts.scores, facts.evaluation),
        score_names=list(SCORES),
        scores=score_cells(facts.scores),
        by_target=[(target, score_cells(rows)) for target, rows in facts.target_scores.items()],
        forecasts=[(series, *_series_charts(series)) for series in facts.series],
        coverage=[coverage_words(row) for row in facts.coverage],
        learning=for_both_widths(charts.learning_chart, facts.learning),
        residuals=[(one.target, _residual_charts(one)) for one in facts.residuals if len(one.known)],
        horizons=[for_both_widths(charts.horizon_chart, one) for one in facts.horizon_errors],
        configuration=list(flattened(facts.configuration)),
        settled=list(flattened(facts.settled)),
        usual=list(flattened(facts.usual)),
        fingerprint=list(flattened(facts.fingerprint)),
        light=variables(LIGHT),
        dark=variables(DARK),
    )


def score_cells(scores: Sequence[ScoreRow]) -> list[tuple[ScoreRow, list[Cell]]]:
    """Each row of the table of scores with its cells, the best of each column known."""
    columns = []
    for name in SCORES.values():
        numbers = [getattr(row, name) for row in scores]
        columns.append(map(Cell, figures.column(numbers), figures.best(numbers)))
    return [(row, list(cells)) for row, cells in zip(scores, zip(*columns, strict=True), strict=True)]


def coverage_words(row: CoverageRow) -> list[str]:
    """Level, actual share, their difference in points and the mean width, in words."""
    actual = 100 * row.coverage
    if not math.isfinite(actual):
        return [f"{row.level:g} %", "–", "–", *figures.column([row.mean_width])]
    difference = f"{actual - row.level:+.1f} points".replace("-", "\N{MINUS SIGN}")
    return [f"{row.level:g} %", f"{actual:.1f} %", difference, *figures.column([row.mean_width])]


def flattened(tree: Mapping[str, object], within: str = "") -> Iterator[tuple[str, str]]:
    """The leaves of nested settings as (dotted path, words)."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from flattened(value, f"{within}{key}.")
        else:
            yield f"{within}{key}", _words(value)


def _words(value: object) -> str:
    if value is None or (isinstance(value, Mapping | Sequence) and len(value) == 0):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_words(one) for one in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _series_charts(series: SeriesFacts) -> tuple[Drawn | None, Drawn | None]:
    strip = series if charts.recent(series) else None
    return for_both_widths(charts.forecast_chart, series), for_both_widths(charts.history_chart, strip)


def _residual_charts(residuals: Residuals) -> list[Drawn]:
    return [Drawn(charts.residual_histogram(residuals.known)), Drawn(charts.autocorrelation_chart(residuals))]


def for_both_widths(draw: Callable[[Subject, Size], Chart], subject: Subject | None) -> Drawn | None:
    """A chart drawn twice; None of None."""
    return None if subject is None else twice(draw, subject)


def twice(draw: Callable[[Subject, Size], Chart], subject: Subject) -> Drawn:
    """A chart drawn for wide pages and for phones."""
    return Drawn(draw(subject, charts.WIDE), draw(subject, charts.NARROW))


def environment() -> Environment:
    """Where the templates of all pages are. Raises MissingExtraError without Jinja2."""
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined
    except ImportError as cause:
        raise MissingExtraError.of("train", cause) from cause
    loader = FunctionLoader(template_text)
    return Environment(autoescape=True, loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
