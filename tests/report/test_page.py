import re
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tidegate.errors import MissingExtraError
from tidegate.report.facts import CoverageRow, ForecastFacts, Residuals, ScoreRow, SeriesFacts
from tidegate.report.page import coverage_words, flattened, render, score_cells, write_report

MakeSeries = Callable[..., SeriesFacts]
VOID = {"meta", "link"}
STRUCTURE = """\
h1 GRU: MASE 0.712, 24 % better than seasonal naive on the held-out 24 steps
h2 Scores
table scores
h2 Forecast
h3 airline · passengers
svg Forecast of passengers, series airline
svg Forecast of passengers, series airline
svg Whole history of passengers, series airline
svg Whole history of passengers, series airline
h2 Interval coverage
table coverage
h2 Learning curves
svg Learning curves
svg Learning curves
h2 Residuals
svg Distribution of residuals
svg Autocorrelation of residuals
h2 Error by step ahead
svg Error by step ahead
svg Error by step ahead
h2 Configuration
h3 Chosen
table settings
h3 Settled by the data
table settings
table settings
h2 Data
table settings
h2 Next
pre tidegate predict tidegate-demo/model.safetensors airline-passengers.csv --horizon 36
pre tidegate fit forecast your-data.csv --out my-model"""


class Outline(HTMLParser):
    """Headings, tables and figures in order; rows of tables; every element with its attributes; open elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.outline: list[str] = []
        self.rows: list[list[str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "pre", "svg"):
            self.outline.append(f"{tag} ")
        if tag == "table":
            self.outline.append(f"table {attributes.get('id', attributes['class'])}")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"h1", "h2", "h3", "pre"} & set(self.open) or self.open[-2:] == ["svg", "title"]:
            self.outline[-1] += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def test_golden_structure(facts: ForecastFacts) -> None:
    page = Outline(render(facts))
    assert page.outline == STRUCTURE.splitlines()
    assert page.open == []


def test_the_table_says_the_scores(facts: ForecastFacts) -> None:
    header, *rows = Outline(render(facts)).rows[:5]
    assert header == ["Model", "MAE", "RMSE", "sMAPE (%)", "MASE"]
    for row, told in zip(facts.scores, rows, strict=True):
        assert told[0] == row.model
        shown = [cell.removesuffix(" (best)") for cell in told[1:]]
        # Half a unit of the last decimal shown, and a hair for the decimal written in binary.
        half_units = [0.5000001 * 10.0 ** -len(figure.partition(".")[2]) for figure in shown]
        differences = np.abs(np.array(shown, dtype=float) - [row.mae, row.rmse, row.smape, row.mase])
        assert (differences <= half_units).all()


def test_the_best_of_each_column_is_marked_in_words(score_rows: list[ScoreRow]) -> None:
    changed = [*score_rows[:3], replace(score_rows[3], rmse=20.0, mase=float("nan"))]
    marks = [[cell.is_best for cell in cells] for _, cells in score_cells(changed)]
    assert marks == [[True, False, True, True], [False] * 4, [False] * 4, [False, True, False, False]]


def test_coverage_beside_what_was_promised() -> None:
    assert coverage_words(CoverageRow(80.0, 0.75, 54.4)) == ["80 %", "75.0 %", "−5.0 points", "54.4"]
    assert coverage_words(CoverageRow(99.5, 1.0, 8.25)) == ["99.5 %", "100.0 %", "+0.5 points", "8.25"]
    assert coverage_words(CoverageRow(80.0, float("nan"), 3.0)) == ["80 %", "–", "–", "3.00"]


def test_nested_settings_become_rows() -> None:
    tree = {
        "cell": "gru",
        "training": {"clip": 1.0, "plan": {"warm": True}},
        "levels": [80, 95.5],
        "none": None,
        "e": {},
    }
    assert list(flattened(tree)) == [
        ("cell", "gru"),
        ("training.clip", "1"),
        ("training.plan.warm", "yes"),
        ("levels", "80, 95.5"),
        ("none", "–"),
        ("e", "–"),
    ]


def test_hostile_words_are_escaped_everywhere(facts: ForecastFacts, make_series: MakeSeries) -> None:
    hostile = "<script>alert('x')</script>\"><img src=http://example.org/x>"
    scores = [replace(row, model=hostile) for row in facts.scores]
    page = render(
        ForecastFacts(
            title=hostile,
            created=hostile,
            evaluation=hostile,
            series=[make_series(hostile, target=hostile)],
            scores=scores,
            learning=replace(facts.learning, loss=hostile),
            horizon_errors=[
                replace(facts.horizon_errors[0], model_name=hostile, baseline_name=hostile, target=hostile)
            ],
            notes=[hostile],
            configuration={hostile: {hostile: hostile}},
            settled={hostile: hostile},
            usual={hostile: hostile},
            fingerprint={hostile: hostile},
            next_commands=[hostile],
        )
    )
    tags = {tag for tag, _ in Outline(page).elements}
    assert "script" not in tags
    assert "img" not in tags
    assert page.count("&lt;script&gt;") >= 15


def test_nothing_is_loaded(facts: ForecastFacts) -> None:
    page = render(facts)
    for tag, attributes in Outline(page).elements:
        loading = {
            name: attributes[name] for name in ("src", "href", "xlink:href", "srcset", "data") if name in attributes
        }
        assert loading in ({}, {"href": "data:,"}), tag
        assert not any(name.startswith("on") for name in attributes)
    assert not re.search(r"https?://|url\(|@import", page)
    assert "default-src 'none'" in page


def test_five_series_of_ten_thousand_points_stay_small(
    facts: ForecastFacts, make_long_series: MakeSeries, tmp_path: Path
) -> None:
    series = [make_long_series(f"plant-{number}", past=10_000, seed=number) for number in range(5)]
    written = write_report(replace(facts, series=series), tmp_path / "report.html")
    assert written.stat().st_size < 500_000


def test_what_is_not_there_is_left_out(make_series: MakeSeries) -> None:
    bare = ForecastFacts("Forecast", "2026-03-14", "", [replace(make_series(past=30), truth=None)])
    outline = [line for line in Outline(render(bare)).outline if line.startswith("h")]
    assert outline == [
        "h1 Not scored: no truth was held out to compare the forecast with",
        "h2 Forecast",
        "h3 airline · passengers",
    ]


def test_residuals_without_a_number_are_left_out(facts: ForecastFacts) -> None:
    assert (
        "h2 Residuals"
        not in Outline(render(replace(facts, residuals=[Residuals("load", [np.full(9, np.nan)], 3)]))).outline
    )


def test_words_that_utf8_cannot_hold(facts: ForecastFacts, tmp_path: Path) -> None:
    written = write_report(replace(facts, title="lone \ud800 half"), tmp_path / "report.html")
    assert "<title>lone ? half</title>" in written.read_text(encoding="utf-8")


def test_missing_jinja_names_the_extra(facts: ForecastFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match=r"tidegate\[train\]"):
        render(facts)


def test_several_targets_have_tables_and_residuals_of_their_own(facts: ForecastFacts) -> None:
    rows = {name: [replace(row, mae=row.mae + place) for row in facts.scores] for place, name in enumerate("ab")}
    residuals = [replace(facts.residuals[0], target=name) for name in "ab"]
    errors = [replace(facts.horizon_errors[0], target=name) for name in "ab"]
    page = Outline(render(replace(facts, target_scores=rows, residuals=residuals, horizon_errors=errors)))
    assert [line for line in page.outline if line in ("h3 a", "h3 b")] == ["h3 a", "h3 b"] * 2
    assert {"table scores-1", "table scores-2"} <= set(page.outline)
    assert page.outline.count("svg Error by step ahead") == 4
