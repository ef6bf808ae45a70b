import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tidegate.report.facts import ForecastFacts
from tidegate.report.page import write_report

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
