"""True numbers against predicted ones."""

from __future__ import annotations

import numpy as np

from tidegate.report.axes import Axis, Frame, extent, value_axis
from tidegate.report.facts import FloatArray
from tidegate.report.svg import Chart, Size, dots, element
from tidegate.report.ticks import number_ticks

WIDE, NARROW = Size(760, 460), Size(340, 320)
MOST_DOTS = 2000


def scatter_chart(truth: FloatArray, predicted: FloatArray, size: Size = WIDE) -> Chart:
    """A dot for each example [N], evenly chosen ones if there are many; on the dotted line both are equal."""
    chosen = np.unique(np.linspace(0, len(truth) - 1, min(len(truth), MOST_DOTS)).astype(np.int64))
    low, high = extent(truth, predicted)
    frame = Frame(
        size,
        Axis("truth", low, high, lambda most: number_ticks(low, high, most)),
        value_axis("prediction", truth, predicted),
    )
    ends = np.array([low, high])
    (left, right), (lower, upper) = frame.x(ends), frame.y(ends)
    equal = element("path", class_="marker", d=f"M{left:.1f},{lower:.1f}L{right:.1f},{upper:.1f}")
    marks = equal + dots(frame.x(truth[chosen]), frame.y(predicted[chosen]), "model")
    shown = f"{len(chosen)} of {len(truth)}" if len(chosen) < len(truth) else str(len(truth))
    told = f"{shown} examples; on the dotted line truth and prediction are equal."
    return Chart("Truth and prediction", told, size, frame.drawn() + marks)
