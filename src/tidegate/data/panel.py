"""One or many series on one time grid, read from a file or a frame, checked, and never filled in silently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.columns import Columns
from tidegate.data.grid import Grid, Rows
from tidegate.data.step import Step
from tidegate.data.table import Kind, read_table
from tidegate.data.times import Times, brought_to_utc
from tidegate.data.values import read_numbers, read_text
from tidegate.errors import DataError


@dataclass(frozen=True, eq=False)
class Series:
    """One series in order of time, one row per step; NaN is a missing value.

    `times` [T] datetime64[us] or int64 · `target` [T, K] · `past` [T, P] · `known` [T, Q] · `static` as written.
    """

    unique_id: str
    times: Times
    target: NDArray[np.float64]
    past: NDArray[np.float64]
    known: NDArray[np.float64]
    static: tuple[str | None, ...] = ()

    def __len__(self) -> int:
        return len(self.times)

    def until(self, length: int) -> Series:
        """The first `length` rows."""
        cut = slice(None, length)
        return replace(self, times=self.times[cut], target=self.target[cut], past=self.past[cut], known=self.known[cut])


@dataclass(frozen=True, eq=False)
class Panel:
    """Series that share a step. `notes` are sentences for the user on what was read and what is missing.

    The last four fields tell how the caller's frame held ids and times, and whether the times left a zone for UTC; they
    serve `to_frame` alone. Without `time_type`, times go out as they are.
    """

    series: tuple[Series, ...]
    columns: Columns
    step: Step
    notes: tuple[str, ...]
    kind: Kind
    id_type: pl.DataType
    time_type: pl.DataType | None = None
    in_utc: bool = False

    @property
    def ids(self) -> list[str]:
        return [series.unique_id for series in self.series]

    def before(self, n: int) -> Panel:
        """All but the last `n` rows of each series. Raises DataError as `cut` does."""
        return self.cut([len(series) - n for series in self.series])

    def cut(self, lengths: Sequence[int]) -> Panel:
        """The first `lengths[s]` rows of each series s. Raises DataError where nothing observed would be left."""
        cut = tuple(series.until(max(length, 0)) for series, length in zip(self.series, lengths, strict=True))
        for whole, part in zip(self.series, cut, strict=True):
            if not len(part):
                raise DataError(
                    f"series '{whole.unique_id}' has {len(whole)} rows, and none would be left to learn from: take a "
                    "shorter horizon or fewer windows, or leave the series out"
                )
            if np.isnan(part.target).all(axis=0).any():
                raise DataError(
                    f"series '{whole.unique_id}' has {len(whole)} rows; no value is observed in the first {len(part)}, "
                    "the part to learn from: hold back fewer, or leave the series out"
                )
        return replace(self, series=cut)

    def to_frame(self, times: Sequence[Times], values: Mapping[str, Sequence[NDArray[Any]]]) -> Any:
        """A long frame of the kind the panel came from (Polars for a path), with its names of id and time.

        `times` holds [T_s] for each series, `values` for each new column [T_s] for each series. Dated values go out as
        the times do: as dates, or in their zone.
        """
        columns: dict[str, Any] = {}
        if self.columns.id:
            ids = pl.Series(np.repeat(np.arange(len(times)), [len(run) for run in times]))
            columns[self.columns.id] = pl.Series(self.ids).cast(self.id_type).gather(ids).to_list()
        columns[self.columns.time or ""] = np.concatenate(times)
        columns |= {name: np.concatenate(parts) for name, parts in values.items()}
        dated = [name for name, parts in values.items() if parts[0].dtype.kind == "M"]
        frame = nw.from_dict(columns, backend=self.kind)
        return frame.with_columns(self._as_given(nw.col(self.columns.time or "", *dated))).to_native()

    def _as_given(self, time: nw.Expr) -> nw.Expr:
        """Dates as dates and zones as they were; pandas alone has no type for dates."""
        if isinstance(self.time_type, pl.Date) and self.kind != "pandas":
            return time.cast(nw.Date())
        zone = self.time_type.time_zone if isinstance(self.time_type, pl.Datetime) else None
        if zone is None:
            return time
        return (
            time.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
            if self.in_utc
            else time.dt.replace_time_zone(zone)
        )


def read_panel(source: Any, *, columns: Columns | None = None, step: Step | None = None) -> Panel:
    """Reads series from a path (.csv, .tsv, .parquet) or a pandas, Polars or Arrow frame in long form.

    A frame with a time and a value column needs no `columns`; nor does one with `unique_id`, `ds` and `y`. `step` is
    the one to expect, where it is known from training. Missing values are NaN; rows absent from the grid are added as
    missing and counted in `notes`. Raises DataError, with line and column, for whatever cannot be used as it is.
    """
    table = read_table(source)
    columns = (columns or Columns()).resolve(table)
    rows = Rows.of(table, columns)
    numbers = [read_numbers(table, name)[rows.order] for name in columns.numeric]
    grid = Grid.of(rows, step)
    values = grid.place_values(np.stack(numbers, axis=1))
    series = tuple(_series(rows, grid, values))
    _check_observed(rows, series)
    id_type = table.frame.schema[columns.id] if columns.id else pl.String()
    id_type = id_type if id_type.is_numeric() else pl.String()
    given = table.frame[columns.time or ""]
    notes = _notes(rows, grid, series)
    return Panel(series, columns, grid.step, notes, table.kind, id_type, given.dtype, brought_to_utc(given))


def _series(rows: Rows, grid: Grid, values: NDArray[np.float64]) -> list[Series]:
    ends = np.cumsum(grid.lengths)[:-1]
    statics = _statics(rows)
    first, second = len(rows.columns.target), len(rows.columns.target + rows.columns.past)
    return [
        Series(id, times, block[:, :first], block[:, first:second], block[:, second:], static)
        for id, times, block, static in zip(
            rows.ids, np.split(grid.times, ends), np.split(values, ends), statics, strict=True
        )
    ]


def _statics(rows: Rows) -> list[tuple[str | None, ...]]:
    """One tuple per series. Raises DataError where a value changes within a series."""
    taken: list[list[str | None]] = []
    for name in rows.columns.static:
        given = read_text(rows.table, name).gather(rows.order)
        first = given.gather(rows.starts)
        changed = given.ne_missing(first.gather(rows.series)).arg_true()
        if len(changed):
            position = int(changed[0])
            start = int(rows.starts[rows.series[position]])
            raise DataError(
                f"{rows.table.place(int(rows.order[position]), name)}: '{given[position]}' differs from "
                f"'{given[start]}' ({rows.line(start)}) in the same series; a static column is constant in each series"
            )
        taken.append(first.to_list())
    return list(zip(*taken, strict=True)) if taken else [()] * len(rows.ids)


def _check_observed(rows: Rows, series: Sequence[Series]) -> None:
    for one in series:
        empty = np.isnan(one.target).all(axis=0)
        if empty.any():
            where = rows.table.place(column=rows.columns.target[int(np.argmax(empty))])
            raise DataError(f"{where}: series '{one.unique_id}' has no observed value at all; leave it out")


def _notes(rows: Rows, grid: Grid, series: Sequence[Series]) -> tuple[str, ...]:
    notes = []
    if brought_to_utc(rows.table.frame[rows.columns.time or ""]):
        notes.append(f"Times in '{rows.columns.time}' brought to UTC.")
    unused = [name for name in rows.table.frame.columns if name not in rows.columns.named()]
    if unused:
        notes.append(f"Columns not used: {', '.join(unused)}.")
    absent = int(grid.absent.sum())
    if absent:
        notes.append(f"Rows absent from the time grid (step: {grid.step}), taken as missing values: {absent}.")
    for k, name in enumerate(rows.columns.target):
        missing = sum(int(np.isnan(one.target[:, k]).sum()) for one in series) - absent
        if missing:
            notes.append(f"Missing values in '{name}': {missing} of {len(rows.order)}.")
    return tuple(notes)
