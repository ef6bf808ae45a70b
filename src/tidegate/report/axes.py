"""Axes and the frame they span: from values to places on the drawing, with grid, ticks, names and legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tidegate.report import ticks, time_ticks
from tidegate.report.facts import FloatArray, TimeArray
from tidegate.report.svg import Size, element, label
from tidegate.report.ticks import FEWEST, Tick, integer_ticks, number_ticks

LETTER = 6.7  # average width of a character at 12 units
DIGIT = 7.7  # width of a digit, and so of numbers, in the widest of the usual fonts
ROW = 18  # height of a row of words
LEAST_APART = 15  # of words above each other
MARGIN = 0.06  # of the span of the values, free above and below
CONSTANT_SPAN = 1e-280  # below it the arithmetic of ticks leaves the range of float64

Placed = Callable[[int], list[Tick]]


@dataclass(frozen=True)
class Axis:
    """A named stretch of values; `placed(most)` gives its ticks."""

    name: str
    low: float
    high: float
    placed: Placed

    def to(self, values: FloatArray, start: float, end: float) -> FloatArray:
        """Places on the drawing, where `low` stands at `start` and `high` at `end`."""
        return start + (values - self.low) / (self.high - self.low) * (end - start)


@dataclass(frozen=True)
class Key:
    """An entry of the legend; an area shows as many layers as lie over each other in the drawing."""

    words: str
    shape: Literal["line", "area", "bar"]
    class_: str = ""
    layers: int = 1

    @property
    def width(self) -> float:
        return 46 + LETTER * len(self.words)

    def drawn(self, x: float, y: float) -> str:
        if self.shape == "line":
            sample = element("path", class_=f"line {self.class_}", d=f"M{x:.0f},{y - 4:.0f}h20")
        else:
            layer = element("rect", class_=self.shape, x=x, y=y - 10, width=20, height=11)
            sample = layer * self.layers
        return sample + label(self.words, x + 26, y)


def value_axis(name: str, *arrays: FloatArray, from_zero: bool = False) -> Axis:
    """An axis that holds all finite values with a little room; equal values and none at all get a stretch too."""
    low, high = extent(*arrays, *([np.zeros(1)] if from_zero else []))
    free = MARGIN * (high - low)
    low, high = (low if from_zero and low == 0 else low - free), high + free
    return Axis(name, low, high, lambda most: number_ticks(low, high, most))


def extent(*arrays: FloatArray) -> tuple[float, float]:
    """Lowest and highest finite value, far enough apart to be drawn."""
    values = np.concatenate([np.ravel(array) for array in arrays])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    magnitude = max(abs(low), abs(high))
    if high - low > max(1e3 * ticks.SMALLEST_SPAN * magnitude, CONSTANT_SPAN):
        return low, high
    free = 0.1 * magnitude if magnitude > CONSTANT_SPAN else 1.0
    return low - free, high + free


def time_axis(*times: TimeArray) -> Axis:
    """An axis from the first to the last time: dates with round moments, whole numbers as steps."""
    placed = np.concatenate([time_ticks.coordinates(array) for array in times])
    low, high = float(placed.min()), float(placed.max())
    if times[0].dtype.kind == "M":
        low, high = _apart(low, high, time_ticks.DAY if low == high else time_ticks.SMALLEST_SPAN)
        return Axis("", low, high, lambda most: time_ticks.time_ticks(low, high, most))
    return step_axis("step", low, high)


def step_axis(name: str, low: float, high: float) -> Axis:
    """An axis of whole numbers: epochs, lags, steps."""
    first, last = _apart(low, high, 1.0)
    return Axis(name, first, last, lambda most: integer_ticks(first, last, most))


def _apart(low: float, high: float, least: float) -> tuple[float, float]:
    free = max(least - (high - low), 0.0)
    return low - free, high + free


class Frame:
    """The place where values are drawn, and all that stands around it."""

    def __init__(self, size: Size, x: Axis, y: Axis, legend: Sequence[Key] = ()) -> None:
        self.size, self._x, self._y = size, x, y
        self._keys = list(_flowing(legend, size.width))
        rows = 1 + max((row for _, row, _ in self._keys), default=-1)
        self.top = ROW * rows + (ROW + 10 if y.name else 8)
        self._x_ticks = x.placed(max(size.width // 85, 3))
        self.bottom = size.height - ROW - 4 - ROW * bool(x.name or any(tick.context for tick in self._x_ticks))
        self._y_ticks = _legible(y, self.bottom - self.top)
        self.left = 8 + DIGIT * max(len(tick.words) for tick in self._y_ticks)
        self.right = size.width - 8.0

    @property
    def columns(self) -> int:
        """How many pixels a line can be told apart in."""
        return max(int(self.right - self.left), 1)

    def x(self, values: FloatArray) -> FloatArray:
        return self._x.to(values, self.left, self.right)

    def y(self, values: FloatArray) -> FloatArray:
        return self._y.to(values, self.bottom, self.top)

    def standing(self, at: float, class_: str = "marker") -> str:
        """A line from bottom to top at a value of x."""
        place = float(self.x(np.array([at]))[0])
        return element("path", class_=class_, d=f"M{place:.1f},{self.bottom:.1f}V{self.top:.1f}")

    def lying(self, at: float, class_: str = "marker") -> str:
        """A line from left to right at a value of y."""
        place = float(self.y(np.array([at]))[0])
        return element("path", class_=class_, d=f"M{self.left:.1f},{place:.1f}H{self.right:.1f}")

    def drawn(self) -> str:
        """Grid, axes, ticks, names and legend; what is drawn inside goes on top."""
        grid = "".join(self.lying(tick.position, "grid") for tick in self._y_ticks)
        floor = element("path", class_="axis", d=f"M{self.left:.1f},{self.bottom:.1f}H{self.right:.1f}")
        return grid + floor + self._names() + self._y_words() + self._x_words() + self._legend()

    def _names(self) -> str:
        upright = label(self._y.name, 2, self.top - 10, "named") if self._y.name else ""
        level = label(self._x.name, self.right, self.bottom + 2 * ROW, "named", "end") if self._x.name else ""
        return upright + level

    def _y_words(self) -> str:
        places = self.y(np.array([tick.position for tick in self._y_ticks]))
        pairs = zip(self._y_ticks, places, strict=True)
        return "".join(label(tick.words, self.left - 6, float(y) + 4, anchor="end") for tick, y in pairs)

    def _x_words(self) -> str:
        places = self.x(np.array([tick.position for tick in self._x_ticks]))
        marks = "".join(f"M{x:.1f},{self.bottom:.1f}v4" for x in places)
        words = [self._x_word(tick.words, float(x), 1) for tick, x in zip(self._x_ticks, places, strict=True)]
        larger = [self._x_word(tick.context, float(x), 2) for tick, x in zip(self._x_ticks, places, strict=True)]
        return element("path", class_="axis", d=marks) + _without_overlap(words) + _without_overlap(larger)

    def _x_word(self, words: str, x: float, row: int) -> tuple[float, float, str]:
        """Left end, right end and markup of words below the axis, kept inside the drawing."""
        half = DIGIT * len(words) / 2
        middle = min(max(x, half), self.size.width - half)
        return middle - half, middle + half, label(words, middle, self.bottom + ROW * row, anchor="middle")

    def _legend(self) -> str:
        return "".join(key.drawn(x, ROW * (row + 1) - 4) for key, row, x in self._keys)


def _legible(axis: Axis, height: float) -> list[Tick]:
    """As many ticks as there is height for; of three that do not fit a low drawing, every other."""
    placed = axis.placed(max(int(height) // 36, FEWEST))
    apart = height * (placed[1].position - placed[0].position) / (axis.high - axis.low) if len(placed) > 1 else height
    return placed[:: math.ceil(LEAST_APART / apart)]


def _flowing(legend: Sequence[Key], width: int) -> list[tuple[Key, int, float]]:
    """Each entry with its row and place: as many beside each other as there is room for."""
    placed: list[tuple[Key, int, float]] = []
    row, x = 0, 2.0
    for key in legend:
        if x > 2 and x + key.width > width:
            row, x = row + 1, 2.0
        placed.append((key, row, x))
        x += key.width
    return placed


def _without_overlap(words: Sequence[tuple[float, float, str]]) -> str:
    drawn, free_from = "", -np.inf
    for left, right, markup in words:
        if right > left >= free_from:
            drawn, free_from = drawn + markup, right + 4
    return drawn
