from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tidegate.report.palette import DARK, LIGHT
from tidegate.report.svg import NAMESPACE, Chart, Size, dots, element, label, line, printable, runs_of, write_svg

HOSTILE = "<script>alert('x')</script> & \"quoted\" \x00\x1b\ud800"


def test_a_file_of_its_own_is_valid_xml_with_both_schemes(tmp_path: Path) -> None:
    chart = Chart(HOSTILE, HOSTILE, Size(200, 100), label(HOSTILE, 1, 2))
    root = ElementTree.parse(write_svg(chart, tmp_path / "chart.svg")).getroot()
    assert root.tag == f"{{{NAMESPACE}}}svg"
    assert (root.get("role"), root.get("viewBox"), root.get("width")) == ("img", "0 0 200 100", "100%")
    assert root.findtext(f"{{{NAMESPACE}}}title") == "<script>alert('x')</script> & \"quoted\" ���"
    style = root.findtext(f"{{{NAMESPACE}}}style") or ""
    assert "var(" not in style
    assert {LIGHT["model"], DARK["model"], LIGHT["paper"], DARK["paper"]} <= {word.strip(";") for word in style.split()}
    assert root.find(f".//{{{NAMESPACE}}}script") is None


def test_in_a_page_the_colours_come_from_the_page() -> None:
    inline = Chart("t", "d", Size(20, 10), "").inline()
    assert inline == (
        '<svg class="chart" role="img" viewBox="0 0 20 10" width="100%"><title>t</title><desc>d</desc></svg>'
    )


def test_attributes_are_escaped() -> None:
    drawn = element("rect", class_='"><script>', x=1.25, y=3.0)
    assert ElementTree.fromstring(drawn).attrib == {"class": '"><script>', "x": "1.2", "y": "3"}


def test_words_pass_unless_xml_cannot_hold_them() -> None:
    assert printable("Müller → 東京 😀\t\x07") == "Müller → 東京 😀\t�"


def test_a_line_breaks_at_gaps() -> None:
    ys = np.array([1.0, 2.0, np.nan, 4.0, np.nan, np.nan, 7.0, 8.0])
    path = ElementTree.fromstring(line(np.arange(8.0), ys, "observed"))
    assert (path.get("class"), path.get("d")) == ("line observed", "M0,1L1,2M6,7L7,8")


def test_nothing_finite_draws_nothing() -> None:
    assert line(np.arange(3.0), np.full(3, np.nan), "observed") == ""
    assert dots(np.arange(3.0), np.full(3, np.nan), "observed") == ""


def test_dots_only_where_there_are_points() -> None:
    assert 'd="M0,5h0M2,6.5h0"' in dots(np.arange(3.0), np.array([5.0, np.nan, 6.5]), "model")


@pytest.mark.parametrize(
    ("present", "runs"),
    [("", []), ("0", []), ("1", [(0, 1)]), ("0110", [(1, 3)]), ("1011", [(0, 1), (2, 4)])],
)
def test_runs(present: str, runs: list[tuple[int, int]]) -> None:
    found = runs_of(np.array([mark == "1" for mark in present], dtype=bool))
    assert [(run.start, run.stop) for run in found] == runs
