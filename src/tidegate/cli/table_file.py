"""A forecast frame for people, for pipes and for files."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import polars as pl

from tidegate.atomic import write_atomically
from tidegate.cli.terminal import say, show_rows

MOST_SHOWN = 60


def dated(frame: pl.DataFrame) -> pl.DataFrame:
    """Times of which none has an hour become dates."""
    times = [
        name
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime) and bool((frame[name] == frame[name].dt.truncate("1d")).all())
    ]
    return frame.with_columns(pl.col(times).cast(pl.Date))


def show(frame: pl.DataFrame) -> None:
    """A table on a terminal, its first rows if there are many; CSV elsewhere, whole."""
    if not sys.stdout.isatty():
        sys.stdout.write(_text(frame))
        return
    show_rows(_with_plain_times(frame.head(MOST_SHOWN)).to_dicts())
    if len(frame) > MOST_SHOWN:
        say(f"The first {MOST_SHOWN} of {len(frame)} rows; --out FILE.csv writes all.")


def write(frame: pl.DataFrame, path: Path) -> None:
    """Whole or not at all, in the format that the ending names."""
    if path.suffix.lower() in (".csv", ".tsv"):
        write_atomically(path, _text(frame, "," if path.suffix.lower() == ".csv" else "\t").encode())
        return
    content = BytesIO()
    frame.write_parquet(content)
    write_atomically(path, content.getvalue())


def _text(frame: pl.DataFrame, separator: str = ",") -> str:
    return _with_plain_times(frame).write_csv(separator=separator)


def _with_plain_times(frame: pl.DataFrame) -> pl.DataFrame:
    """Times as text as short as they can be: no zeros after a whole second; an offset where there is a zone."""
    columns = []
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.Datetime):
            columns.append(pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S%.f" + ("%:z" if kind.time_zone else "")))
    return frame.with_columns(columns)
