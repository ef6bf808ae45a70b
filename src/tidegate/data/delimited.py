"""Comma- and tab-separated text as a frame of text columns, with the line on which each row begins."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.counted import counted
from tidegate.data.encoding import decoded
from tidegate.errors import DataError

_LOOKS_LIKE_DATA = re.compile(r"[-+]?\d[-+\d.:/T ]*")


def read_delimited(content: bytes, name: str, separator: str) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    """The rows as text (RFC 4180: a header, quoted fields may hold separators and line ends) and their lines, from 1.

    Raises DataError for text that is empty, not as `decoded` wants it, ragged, badly quoted, without a header or with
    repeated names.
    """
    content = content.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
    _check_text(content, name)
    _check_quotes(content, name, separator)
    starts, fields = _records(content, separator)
    body = int(starts[1]) if len(starts) > 1 else len(content)
    header = _header(content[:body].decode(), name, separator)
    lines = _lines(content, starts)
    _check_fields(content, name, starts, fields, lines)
    return _rows(content[body:], header, separator), lines[1:]


def _rows(content: bytes, header: list[str], separator: str) -> pl.DataFrame:
    if not content:
        return pl.DataFrame(schema=dict.fromkeys(header, pl.String))
    return pl.read_csv(content, separator=separator, has_header=False, new_columns=header, infer_schema=False)


def _check_text(content: bytes, name: str) -> None:
    if not content:
        raise DataError(f"{name}: the file is empty")
    if not content.strip():
        raise DataError(f"{name}: the file holds white space only")
    decoded(content, name)


def _check_quotes(content: bytes, name: str, separator: str) -> None:
    """Quotation marks open and close whole fields; inside one, two of them stand for one."""
    text = np.frombuffer(b"\n" + content + b"\n", np.uint8)
    marks = np.flatnonzero(text == ord('"'))
    opening, closing = marks[::2], marks[1::2]
    edges = list(b'\n"' + separator.encode())
    wrong = np.concatenate([opening[~np.isin(text[opening - 1], edges)], closing[~np.isin(text[closing + 1], edges)]])
    if not len(wrong) and len(opening) > len(closing):
        wrong = opening[-1:]
    if len(wrong):
        line = content.count(b"\n", 0, int(wrong.min()) - 1) + 1
        raise DataError(
            f"{name}, line {line}: a quotation mark stands inside a field, or is never closed; take it out or double it"
        )


def _records(content: bytes, separator: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each record begins, and how many fields it has. Separators and line ends inside quotes do not count."""
    text = np.frombuffer(content, np.uint8)
    outside = ~np.logical_xor.accumulate(text == ord('"'))
    starts = np.concatenate([[0], np.flatnonzero((text == ord("\n")) & outside) + 1])
    separators = np.flatnonzero((text == ord(separator)) & outside)
    return starts, np.diff(np.searchsorted(separators, np.append(starts, len(content)))) + 1


def _lines(content: bytes, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    all_ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    return np.searchsorted(all_ends, starts).astype(np.int64) + 1


def _header(record: str, name: str, separator: str) -> list[str]:
    header = [cell.strip() for cell in next(csv.reader([record.rstrip("\n")], delimiter=separator), [])]
    repeated = sorted({cell for cell in header if header.count(cell) > 1})
    if all(_LOOKS_LIKE_DATA.fullmatch(cell) for cell in header):
        raise DataError(
            f"{name}, line 1: '{record.strip()}' looks like data; put a line with the column names before it"
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
