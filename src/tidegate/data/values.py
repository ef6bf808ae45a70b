"""Columns of numbers and of text, with every way of writing "missing" told apart from what is wrong."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.table import Table
from tidegate.errors import DataError

_MISSING = ["", "na", "n/a", "nan", "null", "none"]
_SAMPLE = 100
_GREATEST = 1e100  # squares of what lies beyond it overflow


def read_numbers(table: Table, name: str) -> NDArray[np.float64]:
    """The column as numbers [rows], NaN where a value is missing (empty, NA, N/A, NaN, null, None in any case).

    Raises DataError for text and for values that are infinite or beyond 1e100.
    """
    given = table.frame[name]
    numbers, wrong = _numbers(given)
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{table.place(row, name)}: '{given[row]}' is not a number; mend it, or leave it empty if it is missing"
        )
    endless = np.flatnonzero(np.abs(numbers) > _GREATEST)
    if len(endless):
        row = int(endless[0])
        trouble = "is not finite" if np.isinf(numbers[row]) else f"is beyond {_GREATEST:g}"
        raise DataError(f"{table.place(row, name)}: '{given[row]}' {trouble}; leave it empty if it is missing")
    return numbers


def read_text(table: Table, name: str) -> pl.Series:
    """The column as text without spaces around it, null where a value is missing."""
    return _text(table.frame[name])


def looks_numeric(values: pl.Series) -> bool:
    """Whether most of a sample of the values are numbers; a stray word is then an error to report, not another kind."""
    sample = values.filter(_text(values).is_not_null()).head(_SAMPLE)
    return len(_numbers(sample)[1]) * 2 < len(sample)


def _numbers(values: pl.Series) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The numbers, and the rows that hold something that is neither a number nor missing."""
    if values.dtype.is_numeric() or values.dtype in (pl.Boolean, pl.Null):
        return values.cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True), np.zeros(0, np.int64)
    text = _text(values)
    numbers = text.cast(pl.Float64, strict=False) if _is_textual(values) else pl.repeat(None, len(text), eager=True)
    wrong = (numbers.is_null() & text.is_not_null()).arg_true().to_numpy()
    return numbers.cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True), wrong.astype(np.int64)


def _text(values: pl.Series) -> pl.Series:
    text = values.cast(pl.String).str.strip_chars()
    return text.set(text.str.to_lowercase().is_in(_MISSING), None)


def _is_textual(values: pl.Series) -> bool:
    return values.dtype in (pl.String, pl.Categorical, pl.Enum)
