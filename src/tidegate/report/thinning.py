"""Long lines made short without a visible difference."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tidegate.report.facts import FloatArray


def thin(xs: FloatArray, *lines: FloatArray, columns: int) -> npt.NDArray[np.intp]:
    """Which points of lines over strictly ascending `xs`, all [N], to draw where `columns` pixels can show them.

    Each column keeps of each line its first, last, lowest and highest point, so that the picture is that of the whole
    line (M4: Jugel et al., 2014, doi:10.14778/2732951.2732953), and its first gap (NaN). Short lines are kept whole.
    """
    if len(xs) <= 4 * columns:
        return np.arange(len(xs))
    width = (xs[-1] - xs[0]) / columns
    column = np.minimum((xs - xs[0]) // width, columns - 1)
    return np.unique(np.concatenate([_corners(column, values) for values in lines]))


def _corners(column: FloatArray, values: FloatArray) -> npt.NDArray[np.intp]:
    gaps = np.flatnonzero(np.isnan(values))
    seen = np.flatnonzero(~np.isnan(values))
    by_value = seen[np.lexsort((values[seen], column[seen]))]
    return np.concatenate([_ends(gaps, column)[0], *_ends(seen, column), *_ends(by_value, column)])


def _ends(order: npt.NDArray[np.intp], column: FloatArray) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The first and the last of each run of equal columns in `order`."""
    first = np.concatenate(([True], np.diff(column[order]) != 0))[: len(order)]
    return order[first], order[np.roll(first, -1)]
