"""Reading the time column: dates and times of day, or plain whole numbers."""

from __future__ import annotations

from datetime import time
from typing import Any

import polars as pl
from numpy.typing import NDArray

from tidegate.data.table import Table
from tidegate.errors import DataError

# datetime64[us] or int64, which NumPy has no common type for.
Times = NDArray[Any]

_MICROSECONDS = pl.Datetime("us")
_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
)
_SAMPLE = 100


def read_times(table: Table, name: str) -> Times:
    """The column as datetime64[us] [rows], or as int64 where it holds plain whole numbers (years, an index).

    Dates are ISO 8601 (a space or T before the time of day, slashes for hyphens, the day or the time of day left
    out) or whole numbers of the form yyyymmdd or yyyymm. Times with a zone become
    UTC, but for local midnights, which become dates. Raises DataError for all else.
    """
    given = table.frame[name]
    times = _parse(given)
    unread = times.is_null().arg_true()
    if len(unread):
        row = int(unread[0])
        raise DataError(f"{table.place(row, name)}: {_complaint(given, row)}")
    return times.to_numpy()


def looks_like_times(values: pl.Series) -> bool:
    """Whether a sample of the values reads as dates rather than numbers or other text."""
    sample = values.drop_nulls().head(_SAMPLE)
    times = _parse(sample)
    return len(sample) > 0 and times.dtype == _MICROSECONDS and times.null_count() == 0


def brought_to_utc(values: pl.Series) -> bool:
    """Whether the times came with a zone that `read_times` took them out of."""
    if isinstance(values.dtype, pl.Datetime):
        return values.dtype.time_zone is not None and not _local_days(values)
    first = values.drop_nulls().head(1)
    return _is_text(values) and any(_strptime(first, form).null_count() == 0 for form in _FORMATS if form.endswith("z"))


def looks_whole(values: pl.Series) -> bool:
    """Whether a sample of the values reads as whole numbers."""
    times = _parse(values.head(_SAMPLE))
    return times.dtype == pl.Int64 and times.null_count() == 0


def _complaint(given: pl.Series, row: int) -> str:
    value = given[row]
    if value is None or not str(value).strip():
        return "the time is missing; every row needs one"
    return f"'{value}' does not read as a time; write all times alike, as 2024-01-31 or 2024-01-31 18:30:00"


def _parse(values: pl.Series) -> pl.Series:
    """Datetime or Int64 values, null where one cannot be read."""
    if isinstance(values.dtype, pl.Datetime):
        return _utc(values)
    if values.dtype == pl.Date:
        return values.cast(_MICROSECONDS)
    if values.dtype.is_integer():
        return _whole(values.cast(pl.Int64))
    if values.dtype.is_float():
        return _whole(values.set(values != values.round(), None).cast(pl.Int64, strict=False))
    if _is_text(values):
        return _text(values.cast(pl.String).str.strip_chars())
    return pl.Series(values.name, [None] * len(values), dtype=pl.Int64)


def _utc(values: pl.Series) -> pl.Series:
    """Without zone: local midnights, unevenly apart in UTC, as the days they are; all others in UTC."""
    zoned = isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone is not None
    moved = values.dt.convert_time_zone("UTC") if zoned and not _local_days(values) else values
    return moved.dt.replace_time_zone(None).cast(_MICROSECONDS)


def _local_days(values: pl.Series) -> bool:
    return bool((values.dt.time() == time()).all())


def _text(values: pl.Series) -> pl.Series:
    """The first value shows how they are written: one column, one way."""
    first = values.drop_nulls().head(1)
    if first.str.contains(r"^[-+]?\d+(\.0*)?$").all():
        return _whole(values.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False))
    if first.str.contains(r"^\d{4}[-/]\d{1,2}$").all():
        return _utc((_spelled(values) + "-01").str.strptime(_MICROSECONDS, "%Y-%m-%d", strict=False))
    for form in _FORMATS:
        if _strptime(first, form).null_count() == 0:
            return _utc(_strptime(values, form))
    return pl.Series(values.name, [None] * len(values), dtype=_MICROSECONDS)


def _is_text(values: pl.Series) -> bool:
    return values.dtype in (pl.String, pl.Categorical, pl.Enum)


def _spelled(values: pl.Series) -> pl.Series:
    return values.str.replace_all("/", "-", literal=True)


def _strptime(values: pl.Series, form: str) -> pl.Series:
    kind = pl.Datetime("us", "UTC") if form.endswith("z") else _MICROSECONDS
    return _spelled(values).str.replace(r"(\d)T(\d)", "$1 $2").str.strptime(kind, form, strict=False)


def _whole(values: pl.Series) -> pl.Series:
    """Whole numbers stay what they are unless they spell dates: yyyymmdd (but for a few slips) or yyyymm (all)."""
    if values.is_between(1_000_01_01, 9999_12_31).all() and len(values.drop_nulls()):
        dates = values.cast(pl.String).str.strptime(_MICROSECONDS, "%Y%m%d", strict=False)
        if dates.null_count() * 10 <= len(values):
            return dates
    months = values % 100
    if values.is_between(1500_01, 2500_12).all() and months.is_between(1, 12).all() and len(values.drop_nulls()):
        return (values.cast(pl.String) + "01").str.strptime(_MICROSECONDS, "%Y%m%d", strict=False)
    return values
