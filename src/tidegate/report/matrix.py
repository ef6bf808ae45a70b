"""Numbers in rows and columns as shades: confusion matrices, attention maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tidegate.report.axes import LETTER, ROW
from tidegate.report.facts import FloatArray
from tidegate.report.svg import Chart, Size, element, label

WIDTH = 760
_LARGEST_CELL, _SMALLEST_LABELLED, _SMALLEST_WRITTEN = 64.0, 11.0, 26.0
_DARK = 0.55  # from this shade on words inside are light
_MOST_LETTERS = 24


def matrix_chart(
    title: str,
    shades: FloatArray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    axes: tuple[str, str] = ("", ""),
    words: Sequence[Sequence[str]] | None = None,
    description: str = "",
) -> Chart:
    """A cell for each of `shades` [R, C], from 0 (paper) to 1; `words` [R][C] stand in the cells where they fit.

    axes: what the rows and what the columns are. Names are left out where there is no room for them.
    """
    names = [_short(name) for name in rows]
    left = 24 + LETTER * max(map(len, names), default=0)
    side = min((WIDTH - left - 8) / max(len(columns), 1), _LARGEST_CELL)
    labelled = side >= _SMALLEST_LABELLED
    left = left if labelled else 24.0
    above = 24 + (LETTER * max((len(_short(name)) for name in columns), default=0) if labelled else 0)
    top = above + ROW
    cells = "".join(
        _cell(left + place * side, top + row * side, side, float(shade), _word(words, row, place))
        for (row, place), shade in np.ndenumerate(shades)
    )
    around = _row_names(names, left, top, side) + _column_names(columns, left, top, side) if labelled else ""
    named = label(axes[0], 2, top - 8, "named") + label(axes[1], left, ROW - 4, "named")
    return Chart(title, description or title, Size(WIDTH, round(top + len(rows) * side + 8)), named + around + cells)


def confusion_chart(counts: FloatArray, classes: Sequence[str]) -> Chart:
    """Counts [C, C], truth by row and prediction by column, each row shaded by its shares."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = counts.trace() / max(counts.sum(), 1)
    words = [[f"{int(count)}" if count else "" for count in row] for row in counts]
    told = f"{int(counts.sum())} examples of {len(classes)} classes; {100 * right:.1f} % lie on the diagonal."
    return matrix_chart(
        "Confusion matrix", shares, classes, classes, axes=("truth", "prediction"), words=words, description=told
    )


def _cell(x: float, y: float, side: float, shade: float, word: str) -> str:
    opacity = min(max(shade, 0.0), 1.0) if np.isfinite(shade) else 0.0
    drawn = element("rect", class_="cell", x=x, y=y, width=side, height=side, fill_opacity=f"{opacity:.3f}")
    if not word or side < _SMALLEST_WRITTEN or LETTER * len(word) > side:
        return drawn
    return drawn + label(word, x + side / 2, y + side / 2 + 4, "light" if opacity >= _DARK else "named", "middle")


def _row_names(names: Sequence[str], left: float, top: float, side: float) -> str:
    return "".join(label(name, left - 6, top + (row + 0.5) * side + 4, anchor="end") for row, name in enumerate(names))


def _column_names(names: Sequence[str], left: float, top: float, side: float) -> str:
    """Written upwards, so that long ones have room."""
    drawn = []
    for place, name in enumerate(names):
        x, y = left + (place + 0.5) * side + 4, top - 6
        drawn.append(element("g", label(_short(name), 0, 0), transform=f"translate({x:.1f} {y:.1f}) rotate(-90)"))
    return "".join(drawn)


def _word(words: Sequence[Sequence[str]] | None, row: int, place: int) -> str:
    return "" if words is None else words[row][place]


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else name[: _MOST_LETTERS - 1] + "…"
