import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tidegate.report.facts import ForecastFacts
from tidegate.report.matrix import confusion_chart
from tidegate.report.metrics import METRICS
from tidegate.report.page import write_report
from tidegate.report.task_facts import Section, Table, TaskFacts
from tidegate.report.task_page import write_task_report

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHOWN = "svg => svg.getClientRects().length > 0"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
def test_the_page_in_a_browser(
    browser: Any, facts: ForecastFacts, tmp_path: Path, width: int, height: int, scheme: str
) -> None:
    endless = "sensor-" + "x" * 200
    series = [*facts.series, replace(facts.series[0], series_id=endless, target=endless)]
    path = write_report(replace(facts, series=series), tmp_path / "report.html")
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    console: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())

    assert console == []
    assert [url for url in requests if url != "data:,"] == [path.as_uri()]
    assert page.evaluate(OVERFLOW) == 0
    assert "seasonal naive" in page.inner_text("#scores")
    assert "0.712" in page.inner_text("#scores")
    _every_figure_shows_one_chart_within_the_page(page, width)
    red, green, blue = _background(page)
    assert (red + green + blue > 384) == (scheme == "light")
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_of_a_task_in_a_browser(browser: Any, tmp_path: Path, width: int) -> None:
    names = [f"a class with a long name {number}" for number in range(18)]
    charts = [confusion_chart(np.random.default_rng(0).integers(0, 40, (18, 18)).astype(float), names)]
    rows = [("x" * 300, "b" * 200, 0.5)]
    section = Section("Who is who", "y" * 300, charts, [Table("Mistakes", ["truth", "told", "p"], rows)], ["z" * 900])
    scores = {"test": dict.fromkeys(METRICS, 0.5)}
    facts = TaskFacts("Task", "w" * 200, "2026-03-14T09:26:53+00:00", scores=scores, sections=[section])
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(write_task_report(facts, tmp_path / "report.html").as_uri())

    assert page.evaluate(OVERFLOW) == 0
    svg = page.query_selector("svg")
    units = float(svg.get_attribute("viewBox").split()[2])
    assert 12 * svg.bounding_box()["width"] / units >= 10  # pixels that letters are high
    page.close()


def test_print_is_light_in_the_dark(browser: Any, facts: ForecastFacts, tmp_path: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(write_report(facts, tmp_path / "report.html").as_uri())
    dark = sum(_background(page))
    page.emulate_media(media="print", color_scheme="dark")
    assert sum(_background(page)) > 600 > dark
    page.close()


def _every_figure_shows_one_chart_within_the_page(page: Any, width: int) -> None:
    figures = page.query_selector_all("figure")
    assert len(figures) == 8
    for figure in figures:
        (chart,) = [svg for svg in figure.query_selector_all("svg") if svg.evaluate(SHOWN)]
        box = chart.bounding_box()
        assert box["width"] > 250
        assert box["height"] > 60
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def _background(page: Any) -> list[int]:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
