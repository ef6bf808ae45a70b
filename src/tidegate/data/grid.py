"""Rows of a table put on the regular time grid of their series, or a complaint about the row that does not fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.columns import Columns
from tidegate.data.step import Step, month_day
from tidegate.data.table import Table
from tidegate.data.times import Times, read_times
from tidegate.data.values import read_text
from tidegate.errors import DataError


@dataclass(frozen=True)
class Rows:
    """The rows of a table sorted by series, those in order of appearance; within a series as the table has them.

    `order` [N] row of the table · `series` [N] number of the series · `times` [N] · `ids` one per series.
    """

    table: Table
    columns: Columns
    order: NDArray[np.int64]
    series: NDArray[np.int64]
    times: Times
    ids: tuple[str, ...]

    @classmethod
    def of(cls, table: Table, columns: Columns) -> Rows:
        """Raises DataError for an absent id or time and for rows of one series that are not in order of time."""
        times = read_times(table, columns.time or "")
        codes, ids = _series_of(table, columns.id)
        order = np.argsort(codes, kind="stable")
        rows = cls(table, columns, order, codes[order], times[order], ids)
        rows._check_order()
        return rows

    @property
    def starts(self) -> NDArray[np.int64]:
        """The first row of each series, as a position in `order`."""
        return np.flatnonzero(np.diff(self.series, prepend=-1))

    def place(self, position: int) -> str:
        return self.table.place(int(self.order[position]), self.columns.time)

    def line(self, position: int) -> str:
        return self.table.line(int(self.order[position]))

    def _check_order(self) -> None:
        neighbours = np.diff(self.series) == 0
        gaps = np.diff(self.times).astype(np.int64)
        faulty = np.flatnonzero((gaps <= 0) & neighbours) + 1
        if len(faulty):
            position = int(faulty[np.argmin(self.order[faulty])])
            raise self._unsorted(position) if gaps[position - 1] < 0 else self._repeated(position)

    def _unsorted(self, position: int) -> DataError:
        now, before = show_time(self.times[position]), show_time(self.times[position - 1])
        remedy = f"sort the rows by '{self.columns.time}'{self._or_name_series()}"
        return DataError(f"{self.place(position)}: {now} comes after {before} ({self.line(position - 1)}); {remedy}")

    def _repeated(self, position: int) -> DataError:
        remedy = f"keep one row per time{self._or_name_series()}; clock changes repeat no hour in UTC"
        now, before = show_time(self.times[position]), self.line(position - 1)
        return DataError(f"{self.place(position)}: {now} stands there a second time (first on {before}); {remedy}")

    def _or_name_series(self) -> str:
        if self.columns.id:
            return ""
        return ", or name the column that tells several series apart: id= in Python, --id in the shell"


@dataclass(frozen=True)
class Grid:
    """Where rows go: `slot` [N] of each row among the times of all series, of which series s has `lengths[s]`."""

    step: Step
    slot: NDArray[np.int64]
    lengths: NDArray[np.int64]
    times: Times

    @classmethod
    def of(cls, rows: Rows, step: Step | None) -> Grid:
        """On the step given or, without one, on the one the times show. Raises DataError for a time between steps, and
        for a series of which more than half is absent."""
        step = _step(rows, step)
        firsts = rows.times[rows.starts]
        counts = step.count(firsts[rows.series], rows.times)
        _check_regular(rows, step, counts)
        lengths = counts[np.append(rows.starts[1:], len(counts)) - 1] + 1
        _check_dense(rows, step, counts, lengths)
        begins = np.cumsum(lengths) - lengths
        within = np.arange(lengths.sum()) - np.repeat(begins, lengths)
        return cls(step, counts + begins[rows.series], lengths, step.at(np.repeat(firsts, lengths), within))

    @property
    def absent(self) -> NDArray[np.int64]:
        """How many rows each series lacks."""
        series = np.repeat(np.arange(len(self.lengths)), self.lengths)[self.slot]
        return np.asarray(self.lengths - np.bincount(series))

    def place_values(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the rows [N, C], at their times [sum of lengths, C]; NaN where a row is absent."""
        placed = np.full((len(self.times), values.shape[1]), np.nan)
        placed[self.slot] = values
        return placed


def show_time(time: Any) -> str:
    """A time as people write it: without the parts of the clock that are zero."""
    if not isinstance(time, np.datetime64):
        return str(time)
    text = str(time.astype("datetime64[us]")).replace("T", " ")
    return text.removesuffix(".000000").removesuffix(" 00:00:00")


def _series_of(table: Table, name: str | None) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if name is None:
        return np.zeros(len(table.frame), np.int64), ("series",)
    ids = read_text(table, name)
    absent = ids.is_null().arg_true()
    if len(absent):
        raise DataError(f"{table.place(int(absent[0]), name)}: the id is missing; every row needs one")
    distinct = ids.unique(maintain_order=True)
    codes = ids.replace_strict(distinct, pl.int_range(len(distinct), eager=True), return_dtype=pl.Int64)
    return codes.to_numpy(), tuple(distinct)


def _step(rows: Rows, given: Step | None) -> Step:
    if given is not None and (given.unit == "number") != (rows.times.dtype.kind != "M"):
        found = "whole numbers" if given.unit != "number" else "dates"
        raise DataError(f"{rows.place(0)}: the times are {found}, where a step of {given} is expected")
    if given is not None:
        return replace(given, day=month_day(rows.times)) if given.unit == "month" else given
    try:
        return Step.infer(np.split(rows.times, rows.starts[1:]))
    except DataError as error:
        raise DataError(f"{rows.table.place()}: {error}") from error


def _check_regular(rows: Rows, step: Step, counts: NDArray[np.int64]) -> None:
    nearest = step.at(rows.times[rows.starts][rows.series], counts)
    between = np.flatnonzero(nearest != rows.times)
    if len(between):
        position = int(between[np.argmin(rows.order[between])])
        now, before = show_time(rows.times[position]), show_time(nearest[position])
        raise DataError(
            f"{rows.place(position)}: {now} is off the grid (step: {step}), where {before} comes before it; "
            f"mend the time, or bring the series to equal steps"
        )


def _check_dense(rows: Rows, step: Step, counts: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
    present = np.bincount(rows.series)
    sparse = np.flatnonzero(lengths > 2 * present)
    if not len(sparse):
        return
    inside = np.flatnonzero(rows.series == sparse[0])
    position = int(inside[np.argmax(np.diff(counts[inside], prepend=0))])
    now, before = show_time(rows.times[position]), show_time(rows.times[position - 1])
    raise DataError(
        f"{rows.place(position)}: {now} is {counts[position] - counts[position - 1]} steps ({step}) after {before} "
        f"({rows.line(position - 1)}), and more than half the rows of series '{rows.ids[sparse[0]]}' are absent; "
        f"mend the time, or bring the series to a longer step"
    )
