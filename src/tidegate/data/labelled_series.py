"""Series with labels from a long table: a row for each step, the steps of a series under each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.labelled import Labelled, Series
from tidegate.data.labelled_columns import USUAL, absent_column, find_column, read_labels, stripped
from tidegate.data.nearest import nearest
from tidegate.data.places import Places
from tidegate.data.table import Table, read_table
from tidegate.data.values import read_numbers, read_text
from tidegate.errors import DataError

PARTS = ("id", "time", "label", "channels")


def is_series_table(columns: list[str], names: Mapping[str, str]) -> bool:
    """Whether a table with these columns holds series: it tells them apart by an id, and has no texts."""
    lowered = {column.lower() for column in columns}
    return "text" not in names and ("id" in names or (bool(lowered & set(USUAL["id"])) and "text" not in lowered))


def read_series_table(path: Path, names: Mapping[str, str], *, labelled: bool = True) -> Labelled:
    """The series of a .csv, .tsv or .parquet file, as `series_of` takes them."""
    return series_of(read_table(path), names, labelled=labelled)


def series_of(table: Table, names: Mapping[str, str], *, labelled: bool = True) -> Labelled:
    """Columns "id", "time" (may be absent), "label", and all others as channels; or as `names` say.

    names: "channels" holds names parted by commas. Raises DataError for a column that is not there, times out of order
    within a series, a series in several places, and a label that changes within one.
    """
    parts = [part for part in PARTS if part != "channels"]
    chosen = {part: _found(table, part, names, needed=part == "id" or (part == "label" and labelled)) for part in parts}
    ids = _text(table, chosen["id"])
    starts = _starts(table, ids, chosen["id"])
    channels = _channels(table, names, [column for column in chosen.values() if column])
    if chosen["time"]:
        _check_times(table, chosen["time"], starts)
    values = np.stack([read_numbers(table, channel) for channel in channels], axis=1)
    inputs: list[Series] = np.split(values, starts[1:])
    targets = tuple(_labels(table, chosen["label"], starts)) if labelled else None
    known = {part: column for part, column in chosen.items() if column} | {"channels": ",".join(channels)}
    one_each = tuple(table.frame[chosen["id"]].gather(starts).to_list())
    return Labelled(inputs, targets, Places.of_series(table, starts), known, tuple(channels), ids=one_each)


def _found(table: Table, part: str, names: Mapping[str, str], *, needed: bool) -> str:
    """The column of a part; empty where there is none and none is needed."""
    found = find_column(table, part, names)
    if found is None and (needed or (part in names and part != "label")):
        raise absent_column(table, part, names)
    return found or ""


def _channels(table: Table, names: Mapping[str, str], taken: list[str]) -> list[str]:
    if "channels" not in names:
        channels = [column for column in table.frame.columns if column not in taken and column.lower() != "label"]
    else:
        channels = [name.strip() for name in names["channels"].split(",")]
        absent = [name for name in channels if name not in table.frame.columns]
        if absent:
            meant = nearest(absent[0], table.frame.columns)
            raise DataError(f"{table.place()}: no column is called '{absent[0]}', a channel{meant}")
    if not channels:
        raise DataError(f"{table.place()}: no column of values is there beside {', '.join(taken)}")
    return channels


def _starts(table: Table, ids: pl.Series, column: str) -> NDArray[np.int64]:
    """The first row of each series. Raises DataError for one that goes on after another."""
    changes = (ids != ids.shift(1)).fill_null(True)
    starts: NDArray[np.int64] = changes.arg_true().to_numpy().astype(np.int64)
    firsts = ids.gather(starts)
    again = firsts.is_duplicated() & ~firsts.is_first_distinct()
    if again.any():
        row = int(starts[int(again.arg_true()[0])])
        raise DataError(
            f"{table.place(row, column)}: series '{ids[row]}' goes on here after another; put its rows under each other"
        )
    return starts


def _check_times(table: Table, column: str, starts: NDArray[np.int64]) -> None:
    times = table.frame[column]
    empty = stripped(times).is_null()
    if empty.any():
        row = int(empty.arg_true()[0])
        raise DataError(f"{table.place(row, column)}: the time is empty; fill it in or leave the row out")
    numbers = times.cast(pl.Float64, strict=False) if times.dtype == pl.String else times
    ordered = times if numbers.null_count() else numbers
    falls = (ordered <= ordered.shift(1)).fill_null(False).to_numpy().copy()
    falls[starts] = False
    if falls.any():
        row = int(np.argmax(falls))
        raise DataError(f"{table.place(row, column)}: '{times[row]}' is not after the time before it; sort the rows")


def _labels(table: Table, column: str, starts: NDArray[np.int64]) -> list[str]:
    values = read_labels(table, column)
    changes = (values != values.shift(1)).fill_null(True).to_numpy().copy()
    changes[starts] = False
    if changes.any():
        row = int(np.argmax(changes))
        raise DataError(
            f"{table.place(row, column)}: the label changes from '{values[row - 1]}' to '{values[row]}' within a "
            "series; it has one"
        )
    labels: list[str] = values.gather(starts).to_list()
    return labels


def _text(table: Table, column: str) -> pl.Series:
    """Raises DataError where a value is missing."""
    values = read_text(table, column)
    if values.null_count():
        row = int(values.is_null().arg_true()[0])
        raise DataError(f"{table.place(row, column)}: empty; fill it in or leave the row out")
    return values
