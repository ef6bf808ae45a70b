"""A piece of music as it is, beside how likely each of its notes was held."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.report.axes import Axis, Frame, step_axis
from tidegate.report.charts import WIDE
from tidegate.report.facts import FloatArray
from tidegate.report.svg import Chart, Size, element
from tidegate.report.ticks import integer_ticks

UNITS_PER_FRAME = 12  # of width, so that a frame stays wide enough to be seen
LEAST_LIKELY = 0.05  # paler ones cannot be told from the paper


def roll_chart(roll: NDArray[Any], probabilities: FloatArray, lowest: int, size: Size = WIDE) -> Chart:
    """Notes [T, K] of 0 and 1 as outlines, their probabilities [T, K] as shades; the first column is MIDI `lowest`.

    As many frames are drawn as there is room for, from the first.
    """
    total = len(roll)
    frames = min(total, size.width // UNITS_PER_FRAME)
    roll, probabilities = roll[:frames], probabilities[:frames]
    frame = Frame(size, step_axis("frame", 0, frames), _note_axis(roll, probabilities, lowest))
    tenths = np.round(10 * probabilities)
    shades = [
        element("path", class_="heat", d=_notes(frame, tenths == tenth, lowest), fill_opacity=f"{tenth / 10:.1f}")
        for tenth in range(1, 11)
    ]
    outlines = element("path", class_="outline", d=_notes(frame, roll > 0, lowest))
    told = (
        f"The first {frames} of {total} frames. Outlined are the notes that sound; the stronger a shade, the likelier "
        "the model held the note, having heard all frames before."
    )
    return Chart("Piano roll", told, size, frame.drawn() + "".join(shades) + outlines)


def _note_axis(roll: NDArray[Any], probabilities: FloatArray, lowest: int) -> Axis:
    """From the lowest to the highest note that sounds or is likely to."""
    seen = np.flatnonzero(((roll > 0) | (probabilities >= LEAST_LIKELY)).any(axis=0))
    low, high = (seen[0], seen[-1]) if len(seen) else (0, roll.shape[1] - 1)
    first, last = lowest + float(low) - 1, lowest + float(high) + 1
    return Axis("MIDI note", first, last, lambda most: integer_ticks(first, last, most))


def _notes(frame: Frame, chosen: NDArray[np.bool_], lowest: int) -> str:
    """Path data of a rectangle for each of them."""
    unit = np.array([0.0, 1.0])
    width, height = np.ptp(frame.x(unit)), np.ptp(frame.y(unit))
    times, notes = (places.astype(np.float64) for places in np.nonzero(chosen))
    corners = zip(frame.x(times), frame.y(notes + (lowest + 0.5)), strict=True)
    return "".join(f"M{x:.1f},{y:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z" for x, y in corners)
