"""Pieces of SVG, escaped where they are made, and a chart that can stand in a page or in a file of its own."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from tidegate.atomic import write_atomically
from tidegate.report.facts import FloatArray
from tidegate.report.palette import embedded_style

NAMESPACE = "http://www.w3.org/2000/svg"
FORBIDDEN_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Size:
    """Width and height of a drawing in its own units; 12 of them are the height of its letters."""

    width: int
    height: int


@dataclass(frozen=True)
class Chart:
    """A finished drawing with a name and a description for those who cannot see it; `drawing` is SVG markup."""

    title: str
    description: str
    size: Size
    drawing: str

    def inline(self) -> str:
        """The SVG element for a page that brings the colours."""
        return self._element(self.drawing)

    def standing_alone(self) -> str:
        """A whole SVG document with the colours of both schemes inside."""
        ground = element("rect", class_="ground", width=self.size.width, height=self.size.height)
        return self._element(element("style", escape(embedded_style())) + ground + self.drawing, xmlns=NAMESPACE)

    def _element(self, content: str, **attributes: str) -> str:
        naming = element("title", printable(self.title)) + element("desc", printable(self.description))
        box = f"0 0 {self.size.width} {self.size.height}"
        return element("svg", naming + content, class_="chart", role="img", viewBox=box, width="100%", **attributes)


@dataclass(frozen=True)
class Drawn:
    """A chart for wide pages and, where its words would become too small there, another for phones."""

    wide: Chart
    narrow: Chart | None = None


def write_svg(chart: Chart, path: str | os.PathLike[str]) -> Path:
    """Writes the chart as a stand-alone .svg file, whole or not at all."""
    return write_atomically(path, chart.standing_alone().encode("utf-8"))


def printable(words: str) -> str:
    """Words as SVG text: markup escaped, characters that XML cannot hold replaced."""
    return escape(FORBIDDEN_IN_XML.sub("\ufffd", words))


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """One element around `content`, which is markup already; attributes are escaped, `class_` becomes `class`."""
    told = "".join(f" {key.rstrip('_').replace('_', '-')}={_quoted(value)}" for key, value in attributes.items())
    return f"<{name}{told}>{content}</{name}>"


def label(words: str, x: float, y: float, class_: str = "", anchor: str = "start") -> str:
    """Words at a place; `anchor` is start, middle or end."""
    classes = {"class_": class_} if class_ else {}
    return element("text", printable(words), x=x, y=y, text_anchor=anchor, **classes)


def line(xs: FloatArray, ys: FloatArray, class_: str) -> str:
    """A line through the points, broken at NaN."""
    runs = [run for run in runs_of(np.isfinite(xs) & np.isfinite(ys)) if run.stop - run.start > 1]
    return element("path", class_=f"line {class_}", d="".join(trace(xs[run], ys[run]) for run in runs)) if runs else ""


def dots(xs: FloatArray, ys: FloatArray, class_: str) -> str:
    """A round dot at each finite point."""
    seen = np.isfinite(xs) & np.isfinite(ys)
    places = "".join(f"M{_short(x)},{_short(y)}h0" for x, y in zip(xs[seen], ys[seen], strict=True))
    return element("path", class_=f"dots {class_}", d=places) if places else ""


def trace(xs: FloatArray, ys: FloatArray) -> str:
    """Path data through finite points."""
    return "M" + "L".join(f"{_short(x)},{_short(y)}" for x, y in zip(xs, ys, strict=True))


def runs_of(present: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[slice]:
    """The unbroken stretches of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], present, [False])).astype(np.int8)))
    return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _quoted(value: str | float) -> str:
    return quoteattr(FORBIDDEN_IN_XML.sub("\ufffd", value) if isinstance(value, str) else _short(value))
