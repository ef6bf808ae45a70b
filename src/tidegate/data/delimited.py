"""Comma-separated text as a frame of text columns, with the line on which each row begins."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.counted import counted
from tidegate.data.encoding import decoded
from tidegate.errors import DataError

_LOOKS_LIKE_DATA = re.compile(r"[-+]?\d[-+\d.:/T ]*")


def read_csv(content: bytes, name: str) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """The rows as text (RFC 4180: a header, quoted fields may hold separators and line ends) and their lines, from 1.

    Raises DataError for text that is empty, not as `decoded` wants it, ragged, badly quoted, without a header or with
    repeated names.
    """
    content = content.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
    _check_text(content, name)
    _check_quotes(content, name)
    starts, fields = _records(content)
    body = int(starts[1]) if len(starts) > 1 else len(content)
    header = checked_header(next(csv.reader([content[:body].decode().rstrip("\n")]), []), name)
    lines = _lines(content, starts)
    _check_fields(content, name, starts, fields, lines)
    return _rows(content[body:], header), lines[1:]


def _rows(content: bytes, header: list[str]) -> pl.DataFrame:
    if not content:
        return pl.DataFrame(schema=dict.fromkeys(header, pl.String))
    return pl.read_csv(content, has_header=False, new_columns=header, infer_schema=False)


def _check_text(content: bytes, name: str) -> None:
    if not content:
        raise DataError(f"{name}: the file is empty")
    if not content.strip():
        raise DataError(f"{name}: the file holds white space only")
    decoded(content, name)


def _check_quotes(content: bytes, name: str) -> None:
    """Quotation marks open and close whole fields; inside one, two of them stand for one."""
    text = np.frombuffer(b"\n" + content + b"\n", np.uint8)
    marks = np.flatnonzero(text == ord('"'))
    opening, closing = marks[::2], marks[1::2]
    edges = list(b'\n",')
    wrong = np.concatenate([opening[~np.isin(text[opening - 1], edges)], closing[~np.isin(text[closing + 1], edges)]])
    if not len(wrong) and len(opening) > len(closing):
        wrong = opening[-1:]
    if len(wrong):
        line = content.count(b"\n", 0, int(wrong.min()) - 1) + 1
        raise DataError(
            f"{name}, line {line}: a quotation mark stands inside a field, or is never closed; take it out or double it"
        )


def _records(content: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each record begins, and how many fields it has. Separators and line ends inside quotes do not count."""
    text = np.frombuffer(content, np.uint8)
    outside = ~np.logical_xor.accumulate(text == ord('"'))
    starts = np.concatenate([[0], np.flatnonzero((text == ord("\n")) & outside) + 1])
    separators = np.flatnonzero((text == ord(",")) & outside)
    return starts, np.diff(np.searchsorted(separators, np.append(starts, len(content)))) + 1


def _lines(content: bytes, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    all_ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    return np.searchsorted(all_ends, starts).astype(np.int64) + 1


def checked_header(cells: Sequence[str], name: str) -> list[str]:
    """The names of columns as line 1 gives them. Raises DataError for numbers, and for a name that stands twice."""
    header = [cell.strip() for cell in cells]
    repeated = sorted({cell for cell in header if header.count(cell) > 1})
    if all(_LOOKS_LIKE_DATA.fullmatch(cell) for cell in header):
        raise DataError(
            f"{name}, line 1: '{','.join(cells)}' looks like data; put a line with the column names before it"
        )
    if repeated:
        raise DataError(f"{name}, line 1: column name '{repeated[0]}' stands there more than once; rename one")
    if len(header) == 1 and ";" in header[0]:
        raise DataError(f"{name}, line 1: the fields are parted by ';'; save the file with commas and decimal points")
    return header


def _check_fields(
    content: bytes, name: str, starts: NDArray[np.int64], fields: NDArray[np.int64], lines: NDArray[np.int64]
) -> None:
    ragged = np.flatnonzero(fields != fields[0])
    if not len(ragged):
        return
    record = ragged[0]
    end = starts[record + 1] if record + 1 < len(starts) else len(content)
    found = "the line is blank" if not content[starts[record] : end].strip() else counted(int(fields[record]), "field")
    raise DataError(f"{name}, line {lines[record]}: {found}, where the header has {fields[0]}; mend the line")
