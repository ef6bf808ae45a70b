"""Texts with labels: tables with a column of each, a file per class, or a text in each line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tidegate.data.compressed import bare_ending, read_lines
from tidegate.data.labelled import Labelled
from tidegate.data.places import Places
from tidegate.data.table import Table, headed, read_table, unheaded
from tidegate.data.tsv import read_tsv
from tidegate.errors import DataError

PARTS = ("text", "label")
_FIRST, _SECOND = "column 1", "column 2"  # what the columns of a file without a header are called


@dataclass(frozen=True)
class _Columns:
    """Which column holds the texts and which the labels (None: there is none), and what was noticed."""

    text: str
    label: str | None
    notes: tuple[str, ...] = ()


def read_text_table(path: Path, names: Mapping[str, str], *, labelled: bool = True) -> Labelled:
    """The rows of a .csv, .tsv or .parquet file, packed or not, as `texts_of` takes them.

    A .tsv without a header has two columns, text and label; that with fewer different values is the label.
    """
    table = _tsv(path, names) if bare_ending(path) == ".tsv" else read_table(path)
    return texts_of(table, names, labelled=labelled)


def texts_of(table: Table, names: Mapping[str, str], *, labelled: bool = True) -> Labelled:
    """Columns "text" and "label", in any case, or as `names` say. Raises DataError where one is not there or empty.

    A name that cannot tell anything here, as it is the usual one or that of a column without a header, does not count:
    what learnt from a file with a header reads one without, and the other way round.
    """
    columns = _columns(table, _telling(names, table), labelled)
    texts = _required(table, columns.text)
    targets = None if columns.label is None else tuple(_required(table, columns.label))
    chosen = {"text": columns.text} | ({} if columns.label is None else {"label": columns.label})
    return Labelled(texts, targets, Places.of_table(table), chosen, notes=columns.notes)


def read_class_folder(folder: Path, *, labelled: bool = True) -> Labelled:
    """A .txt file for each class, called after it, a text in each line; blank lines at the end do not count."""
    files = sorted(file for file in folder.iterdir() if bare_ending(file) == ".txt" and not file.name.startswith("."))
    if not files:
        raise DataError(f"{folder}: no .txt file is in this folder; put one there for each class, a text in each line")
    parts = [read_text_lines(file) for file in files]
    numbers = np.concatenate([part.places.numbers for part in parts])
    origins = tuple(name for part in parts for name in part.places.files or ())
    classes = tuple(file.name.split(".")[0] for file, part in zip(files, parts, strict=True) for _ in range(len(part)))
    texts = [str(text) for part in parts for text in part.inputs]
    return Labelled(texts, classes if labelled else None, Places(numbers, origins, "line"))


def read_text_lines(path: Path) -> Labelled:
    """A text in each line, without labels."""
    lines = read_lines(path)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise DataError(f"{path}: no line holds a text")
    return Labelled(lines, None, Places.of_lines(str(path), range(1, len(lines) + 1)))


def _tsv(path: Path, names: Mapping[str, str]) -> Table:
    rows = read_tsv(path)
    named = _has_header(rows[0], names, path)
    table = headed(path, rows) if named else unheaded(path, rows, (_FIRST, _SECOND)[: len(rows[0])])
    if table.frame.is_empty():
        raise DataError(f"{path}: there are no rows")
    return table


def _has_header(first: Sequence[str], names: Mapping[str, str], path: Path) -> bool:
    wanted = {name.lower() for name in (*PARTS, *names.values())}
    if {cell.strip().lower() for cell in first} & wanted:
        return True
    if len(first) <= 2 and not wanted - {*PARTS, _FIRST, _SECOND}:
        return False
    shown = ", ".join(first[:8])
    raise DataError(
        f"{path}, line 1: no column is called {' or '.join(sorted(wanted))}; there are: {shown}; rename them, or name "
        "them to `fit` by --text and --label"
    )


def _telling(names: Mapping[str, str], table: Table) -> dict[str, str]:
    empty = PARTS if _FIRST in table.frame.columns else (_FIRST, _SECOND)
    return {part: name for part, name in names.items() if name.lower() not in empty}


def _columns(table: Table, names: Mapping[str, str], labelled: bool) -> _Columns:
    if _FIRST in table.frame.columns and not names:
        return _by_content(table, labelled)
    text = _found(table, "text", names)
    label = _found(table, "label", names) if labelled else None
    if label == text:
        raise DataError(f"{table.place()}: column '{text}' cannot be both text and label; name another for one of them")
    return _Columns(text, label)


def _found(table: Table, part: str, names: Mapping[str, str]) -> str:
    wanted = names.get(part, part)
    exact = [column for column in table.frame.columns if column == wanted]
    alike = [column for column in table.frame.columns if column.lower() == wanted.lower()]
    if found := exact or alike:
        return found[0]
    there = ", ".join(table.frame.columns[:8])
    raise DataError(
        f"{table.place()}: no column is called '{wanted}'; there are: {there}; rename one, or name it to `fit` by "
        f"--{part}"
    )


def _by_content(table: Table, labelled: bool) -> _Columns:
    if table.frame.width == 1:
        if labelled:
            raise DataError(f"{table.place()}: one column only; labels are needed too, in a second one")
        return _Columns(_FIRST, None)
    different = {name: table.frame[name].n_unique() for name in (_FIRST, _SECOND)}
    label = _SECOND if different[_SECOND] < different[_FIRST] else _FIRST
    text = _FIRST if label == _SECOND else _SECOND
    first = table.frame[label][0]
    if different[label] > 2 and len(table.frame) > 10 and (table.frame[label] == first).sum() == 1:
        raise DataError(
            f"{table.place(0)}: '{first}' occurs as a label here alone; if this line is a header, name its columns "
            "with --text and --label"
        )
    note = f"No header with 'text' and 'label': {label} ({different[label]} different values) is taken for the label."
    return _Columns(text, label if labelled else None, (note,))


def _required(table: Table, column: str) -> list[str]:
    """The column as text. Raises DataError where a value is missing."""
    values = table.frame[column].cast(pl.String).to_list()
    for row, value in enumerate(values):
        if value is None or not value.strip():
            raise DataError(f"{table.place(row, column)}: empty; fill it in or leave the row out")
    return values
