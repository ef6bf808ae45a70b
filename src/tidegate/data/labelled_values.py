"""Examples with labels from Python: lists, arrays and frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tidegate.data.labelled import Label, Labelled, Series
from tidegate.data.labelled_series import is_series_table, series_of
from tidegate.data.labelled_text import texts_of
from tidegate.data.places import Places
from tidegate.data.table import Table, read_table
from tidegate.errors import DataError


def labelled_values(X: Any, y: Any = None, *, labelled: bool = True) -> Labelled:
    """X: texts; N arrays [T_i] or [T_i, C]; one array [N, T] or [N, T, C]; or a frame, as files hold them.

    y: a label or number for each; in a frame it may be a column. Raises DataError naming the row.
    """
    if hasattr(X, "columns"):
        return _of_frame(read_table(X), y, labelled)
    inputs = _inputs(X)
    return Labelled(inputs, _targets(y), Places.of_rows(len(inputs)))


def _of_frame(table: Table, y: Any, labelled: bool) -> Labelled:
    within = labelled and y is None
    reads = series_of if is_series_table(table.frame.columns, {}) else texts_of
    records = reads(table, {}, labelled=within)
    if y is None:
        return records
    names = {part: column for part, column in records.names.items() if part != "label"}
    return replace(records, targets=_targets(y), names=names)


def _inputs(X: Any) -> Sequence[str] | list[Series]:
    if isinstance(X, np.ndarray) and X.dtype.kind in "fiub":
        if X.ndim not in (2, 3):
            raise DataError(f"an array of shape {X.shape}; give [N, T], or [N, T, C] for several channels")
        return [_series(row, number) for number, row in enumerate(X)]
    if isinstance(X, str | bytes) or not np.iterable(X):
        raise DataError(f"a {type(X).__name__} is no collection of examples; give a list of texts or of arrays")
    given = list(X)
    if given and isinstance(given[0], str):
        return [str(one) if isinstance(one, str) else one for one in given]
    return [_series(one, number) for number, one in enumerate(given)]


def _series(values: Any, row: int) -> Series:
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"row {row}: neither a text nor an array of numbers ({error})") from error
    if array.ndim not in (1, 2):
        raise DataError(f"row {row}: an array of shape {array.shape}; give [T], or [T, C] for several channels")
    return array[:, None] if array.ndim == 1 else array


def _targets(y: Any) -> tuple[Label, ...] | None:
    if y is None:
        return None
    values = np.asarray(y).ravel().tolist() if hasattr(y, "__array__") else list(y)
    return tuple(value.item() if isinstance(value, np.generic) else value for value in values)
