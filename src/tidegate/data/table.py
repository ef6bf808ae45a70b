"""A table, given by path or as a frame, as one Polars frame that knows where each of its rows came from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.compressed import bare_ending, read_content, unknown_ending
from tidegate.data.delimited import checked_header, read_csv
from tidegate.data.tsv import read_tsv
from tidegate.errors import DataError

Kind = Literal["pandas", "polars", "pyarrow"]

ENDINGS = (".csv", ".tsv", ".parquet")
"""Of the files that are tables, without the ending of their packing."""


@dataclass(frozen=True)
class Table:
    """Rows with the place each came from, and the kind of frame the caller uses.

    A column of a CSV or TSV file is text: what it means is decided where its role is known.
    """

    frame: pl.DataFrame
    kind: Kind
    name: str | None = None
    lines: NDArray[np.int64] | None = None

    def place(self, row: int | None = None, column: str | None = None) -> str:
        """Where a message points: file, line (or row, counted from 0 as frames do) and column."""
        where = None if row is None else self.line(row)
        named = None if column is None else f"column '{column}'"
        return ", ".join(part for part in (self.name, where, named) if part) or "the frame"

    def line(self, row: int) -> str:
        return f"row {row}" if self.lines is None else f"line {self.lines[row]}"


def read_table(source: Any) -> Table:
    """Reads a path (.csv, .tsv, .parquet; packed as .gz or .xz too) or takes a pandas, Polars or Arrow frame.

    Raises DataError for a file that is absent, empty, ragged, not UTF-8 or of an unknown ending, for a frame of another
    kind, for repeated column names and for a table without rows.
    """
    table = _from_path(Path(source)) if isinstance(source, (str, os.PathLike)) else _from_frame(source)
    if table.frame.is_empty():
        raise DataError(f"{table.place()}: there are no rows")
    return table


def _from_path(path: Path) -> Table:
    ending = bare_ending(path)
    if path.is_dir():
        raise DataError(f"{path}: this is a folder; name a file in it")
    if ending == ".parquet":
        return Table(_parquet(path), "polars", str(path))
    if ending == ".tsv":
        return headed(path, read_tsv(path))
    if ending != ".csv":
        raise unknown_ending(path, ENDINGS)
    frame, lines = read_csv(read_content(path), str(path))
    return Table(frame, "polars", str(path), lines)


def headed(path: Path, rows: Sequence[Sequence[str]]) -> Table:
    """The table of a file's rows, of which the first names the columns. Raises DataError where it cannot."""
    return unheaded(path, rows[1:], checked_header(rows[0], str(path)), first=2)


def unheaded(path: Path, rows: Sequence[Sequence[str]], columns: Sequence[str], first: int = 1) -> Table:
    """The table of a file's rows under these names; `first` is the line of the first of them."""
    columns_of = zip(*rows, strict=True) if rows else ([] for _ in columns)
    cells = {name: [cell or None for cell in column] for name, column in zip(columns, columns_of, strict=True)}
    frame = pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))
    return Table(frame, "polars", str(path), np.arange(len(rows)) + first)


def _parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(read_content(path))
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{path}: this is not a whole Parquet file ({error})") from error


def _from_frame(source: Any) -> Table:
    if isinstance(source, pl.DataFrame):
        return Table(source, "polars")
    try:
        frame = nw.from_native(source, eager_only=True)
    except nw.exceptions.DuplicateError as error:
        raise DataError(f"the frame: a column name stands there more than once; rename one ({error})") from error
    except TypeError as error:
        given = f"{type(source).__module__}.{type(source).__qualname__}"
        raise DataError(
            f"a {given} cannot be read; give a path or a pandas, Polars or Arrow frame, not lazy"
        ) from error
    _check_names(frame)
    return Table(pl.DataFrame([_column(frame[name]) for name in frame.columns]), _kind(frame))


def _check_names(frame: nw.DataFrame[Any]) -> None:
    odd = [name for name in frame.columns if not isinstance(name, str)]
    if odd:
        raise DataError(f"the frame: column name {odd[0]!r} is not text; name the columns")


def _kind(frame: nw.DataFrame[Any]) -> Kind:
    known: dict[nw.Implementation, Kind] = {nw.Implementation.PANDAS: "pandas", nw.Implementation.PYARROW: "pyarrow"}
    if frame.implementation not in known:
        raise DataError(f"a {frame.implementation} frame cannot be read: turn it into pandas, Polars or Arrow")
    return known[frame.implementation]


def _column(values: nw.Series[Any]) -> pl.Series:
    """Column by column, since pandas to Polars as a whole would ask for pyarrow, which is no part of the extra."""
    if values.dtype.is_numeric():
        whole = values if values.null_count() == 0 else values.cast(nw.Float64()).fill_null(float("nan"))
        return pl.Series(values.name, whole.to_numpy())
    if isinstance(values.dtype, nw.Datetime) and values.dtype.time_zone is None and values.null_count() == 0:
        return pl.Series(values.name, values.to_numpy())
    pairs = zip(values.to_list(), values.is_null().to_list(), strict=True)
    objects = [None if missing else value for value, missing in pairs]
    if values.dtype in (nw.Object, nw.Unknown):
        return pl.Series(values.name, _as_text(objects), dtype=pl.String)
    return pl.Series(values.name, objects)


def _as_text(values: list[Any]) -> list[str | None]:
    """Python objects, and kinds Polars does not have (pandas' periods), as text: its meaning is decided later."""
    return [None if value is None else str(value) for value in values]
