"""Numbers in rows and columns as shades: confusion matrices, attention maps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tidegate.report.axes import DIGIT, LETTER, ROW
from tidegate.report.facts import FloatArray
from tidegate.report.svg import Chart, Size, element, label

WIDTH = 760
_LARGEST_CELL, _SMALLEST_LABELLED, _SMALLEST_WRITTEN = 48.0, 11.0, 26.0
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
    row_height: float | None = None,
    description: str = "",
) -> Chart:
    """A cell for each of `shades` [R, C], from 0 (paper) to 1; `words` [R][C] stand in the cells where they fit.

    axes: what the rows and what the columns are. Names are left out where there is no room for them. row_height: that
    of square cells if not given.
    """
    least = LETTER * len(axes[0]) + 8
    left = max(24 + LETTER * max((len(_short(name)) for name in rows), default=0), least)
    cell = Cells(min((WIDTH - left - 8) / max(len(columns), 1), _LARGEST_CELL), row_height)
    left = left if cell.names_rows else max(24.0, least)
    longest = max((len(_short(name)) for name in columns), default=0) if cell.names_columns else 0
    top = 24 + LETTER * longest + ROW
    cells = "".join(
        cell.drawn(left + place * cell.width, top + row * cell.height, float(shade), _word(words, row, place))
        for (row, place), shade in np.ndenumerate(shades)
    )
    around = _row_names(rows, left, top, cell.height) if cell.names_rows else ""
    around += _column_names(columns, left, top, cell.width) if cell.names_columns else ""
    named = label(axes[0], 2, top - 8, "named") + label(axes[1], left, ROW - 4, "named")
    width = left + max(len(columns) * cell.width, LETTER * len(axes[1])) + 8
    size = Size(math.ceil(width), round(top + len(rows) * cell.height + 8))
    return Chart(title, description or title, size, named + around + cells)


@dataclass(frozen=True)
class Cells:
    """The size of the cells, square unless a height is given, and what there is room for in them and beside them."""

    width: float
    given_height: float | None = None

    @property
    def height(self) -> float:
        return self.given_height or self.width

    @property
    def names_rows(self) -> bool:
        return self.height >= _SMALLEST_LABELLED

    @property
    def names_columns(self) -> bool:
        return self.width >= _SMALLEST_LABELLED

    def drawn(self, x: float, y: float, shade: float, word: str) -> str:
        opacity = min(max(shade, 0.0), 1.0) if np.isfinite(shade) else 0.0
        size = {"width": self.width, "height": self.height}
        cell = element("rect", class_="cell", x=x, y=y, **size, fill_opacity=f"{opacity:.3f}")
        if not word or min(self.width, self.height) < _SMALLEST_WRITTEN or DIGIT * len(word) > self.width:
            return cell
        middle = (x + self.width / 2, y + self.height / 2 + 4)
        return cell + label(word, *middle, "light" if opacity >= _DARK else "named", "middle")


def confusion_chart(counts: FloatArray, classes: Sequence[str], unit: str = "examples") -> Chart:
    """Counts [C, C] of `unit`, truth by row and prediction by column, each row shaded by its shares."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = counts.trace() / max(counts.sum(), 1)
    words = [[f"{int(count)}" if count else "" for count in row] for row in counts]
    told = (
        f"{int(counts.sum()):,} {unit} of {len(classes)} classes; {100 * right:.1f} % lie on the diagonal. "
        "Rows are the truth, columns what was told for it; the stronger a cell, the greater its share of the row."
    )
    return matrix_chart(
        "Confusion matrix", shares, classes, classes, axes=("truth", "prediction"), words=words, description=told
    )


def _row_names(names: Sequence[str], left: float, top: float, height: float) -> str:
    places = (top + (row + 0.5) * height + 4 for row in range(len(names)))
    return "".join(label(_short(name), left - 6, y, anchor="end") for name, y in zip(names, places, strict=True))


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
