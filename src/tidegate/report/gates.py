"""Numbers from 0 to 1 by step: how far gates open, what is attended to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tidegate.report.axes import Frame, Key, step_axis, value_axis
from tidegate.report.charts import WIDE, curve
from tidegate.report.facts import FloatArray
from tidegate.report.matrix import matrix_chart
from tidegate.report.page import twice
from tidegate.report.svg import Chart, Drawn, Size

_STRIP = 28.0
_CLASSES = ("model", "other", "observed")  # as many as a cell has gates


def strips(title: str, rows: Mapping[str, FloatArray], names: Sequence[str]) -> Chart:
    """Numbers [T] as rows above each other, a cell for each step, of which `names` [T] are the names."""
    values = np.stack(list(rows.values()))
    words = [[f"{value:.2f}" for value in row] for row in values]
    told = f"{_steps(rows)}, from left to right. Colour goes from 0 (as the page) to 1 (full)."
    return matrix_chart(
        title, values, list(rows), names, axes=("", "step"), words=words, row_height=_STRIP, description=told
    )


def lines(title: str, rows: Mapping[str, FloatArray]) -> Drawn:
    """Numbers [T] as lines, three at most, for steps that have no names; the axis reaches as far as they do."""

    def draw(subject: Mapping[str, FloatArray], size: Size = WIDE) -> Chart:
        classes = dict(zip(subject, _CLASSES, strict=False))
        keys = [Key(name, "line", classes[name]) for name in subject]
        steps = np.arange(1.0, 1 + len(next(iter(subject.values()))))
        frame = Frame(size, step_axis("step", 1, len(steps)), value_axis("0 to 1", *subject.values()), keys)
        marks = "".join(curve(frame, steps, values, classes[name]) for name, values in subject.items())
        return Chart(title, f"{_steps(subject)}.", size, frame.drawn() + marks)

    return twice(draw, rows)


def _steps(rows: Mapping[str, FloatArray]) -> str:
    count = len(next(iter(rows.values())))
    return f"{count} steps" if count > 1 else "One step"
