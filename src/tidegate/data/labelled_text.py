"""Texts with labels: tables with a column of each, a file per class, or a text in each line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from tidegate.data.compressed import bare_ending, read_lines
from tidegate.data.counted import counted
from tidegate.data.labelled import Labelled
from tidegate.data.labelled_columns import USUAL, absent_column, find_column, read_labels, stripped
from tidegate.data.nearest import nearest
from tidegate.data.places import Places
from tidegate.data.table import Table, headed, read_table, unheaded
from tidegate.data.tsv import read_tsv
from tidegate.errors import DataError

PARTS = ("text", "label")
_FIRST, _SECOND = "column 1", "column 2"  # what the columns of a file without a header are called
_EXPECTED = {name for part in PARTS for name in USUAL[part]}
_MOST_NAMED = 5


@dataclass(frozen=True)
class _Columns:
    """Which column holds the texts and which the labels (None: there is none), and what was noticed."""

    text: str
    label: str | None
    notes: tuple[str, ...] = ()


def read_text_table(
    path: Path, names: Mapping[str, str], *, labelled: bool = True, classes: Collection[str] = ()
) -> Labelled:
    """The rows of a .csv, .tsv or .parquet file, packed or not, as `texts_of` takes them.

    A .tsv without a header has two columns, text and label: the label is that which holds more of the `classes` known
    or, where none is, that with fewer different values, the second of equals.
    """
    table = _tsv(path, names) if bare_ending(path) == ".tsv" else read_table(path)
    return texts_of(table, names, labelled=labelled, classes=classes)


def texts_of(
    table: Table, names: Mapping[str, str], *, labelled: bool = True, classes: Collection[str] = ()
) -> Labelled:
    """Columns by their usual names, in any case, or as `names` say. Raises DataError where one is not there or empty.

    A name that cannot tell anything here, as it is the usual one or that of a column without a header, does not count:
    what learnt from a file with a header reads one without, and the other way round.
    """
    columns = _columns(table, _telling(names, table), labelled, classes)
    texts = _texts(table, columns.text)
    targets = None if columns.label is None else tuple(read_labels(table, columns.label))
    chosen = {"text": columns.text} | ({} if columns.label is None else {"label": columns.label})
    return Labelled(texts, targets, Places.of_table(table), chosen, notes=columns.notes)


def read_class_folder(folder: Path, *, labelled: bool = True) -> Labelled:
    """A .txt file for each class, called after it, a text in each line; blank lines at the end do not count.

    Hidden files are passed over; what else is there is told in a note.
    """
    there = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    files = [file for file in there if bare_ending(file) == ".txt"]
    if not files:
        raise DataError(f"{folder}: no .txt file is in this folder; put one there for each class, a text in each line")
    parts = [read_text_lines(file) for file in files]
    numbers = np.concatenate([part.places.numbers for part in parts])
    origins = tuple(name for part in parts for name in part.places.files or ())
    classes = tuple(_class_of(file) for file, part in zip(files, parts, strict=True) for _ in range(len(part)))
    texts = [str(text) for part in parts for text in part.inputs]
    notes = _left_out([file.name for file in there if file not in files])
    return Labelled(texts, classes if labelled else None, Places(numbers, origins, "line"), notes=notes)


def read_text_lines(path: Path) -> Labelled:
    """A text in each line, without labels."""
    lines = read_lines(path)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise DataError(f"{path}: no line holds a text")
    return Labelled(lines, None, Places.of_lines(str(path), range(1, len(lines) + 1)))


def _class_of(file: Path) -> str:
    """The name without .txt and the ending of its packing: it may have other points."""
    return file.stem if file.suffix.lower() == ".txt" else Path(file.stem).stem


def _left_out(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    told = ", ".join(names[:_MOST_NAMED]) + more
    return (f"Left out, as the name does not end in .txt: {counted(len(names), 'file')} ({told}).",)


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
    if len(first) <= 2 and not wanted - {*_EXPECTED, _FIRST, _SECOND}:
        return False
    raise DataError(
        f"{path}, line 1: no column is called {' or '.join(sorted(wanted))}; rename them, or name them to `fit` by "
        f"--text and --label{nearest(names.get('text', 'text'), first)}"
    )


def _telling(names: Mapping[str, str], table: Table) -> dict[str, str]:
    empty = _EXPECTED if _FIRST in table.frame.columns else (_FIRST, _SECOND)
    return {part: name for part, name in names.items() if name.lower() not in empty}


def _columns(table: Table, names: Mapping[str, str], labelled: bool, classes: Collection[str]) -> _Columns:
    if _FIRST in table.frame.columns and (not names or table.frame.width == 1):
        return _by_content(table, labelled, classes)
    text = _found(table, "text", names)
    label = _found(table, "label", names) if labelled else None
    if label == text:
        raise DataError(f"{table.place()}: column '{text}' cannot be both text and label; name another for one of them")
    return _Columns(text, label)


def _found(table: Table, part: str, names: Mapping[str, str]) -> str:
    found = find_column(table, part, names)
    if found is None:
        raise absent_column(table, part, names)
    return found


def _by_content(table: Table, labelled: bool, classes: Collection[str]) -> _Columns:
    if table.frame.width == 1:
        if labelled:
            raise DataError(f"{table.place()}: one column only; labels are needed too, in a second one")
        return _Columns(_FIRST, None)
    different = {name: table.frame[name].n_unique() for name in (_SECOND, _FIRST)}
    known = {name: stripped(table.frame[name]).is_in(list(classes)).sum() for name in different}
    label = max(different, key=lambda name: (known[name], -different[name]))
    text = _FIRST if label == _SECOND else _SECOND
    first = table.frame[label][0]
    if different[label] > 2 and len(table.frame) > 10 and (table.frame[label] == first).sum() == 1:
        raise DataError(
            f"{table.place(0)}: '{first}' occurs as a label here alone; if this line is a header, name its columns "
            "with --text and --label"
        )
    values = counted(different[label], "different value")
    note = f"No header with 'text' and 'label': {label} ({values}) is taken for the label."
    return _Columns(text, label if labelled else None, (note,))


def _texts(table: Table, column: str) -> list[str]:
    """The column as text. Raises DataError where there is none."""
    values = table.frame[column].cast(pl.String).to_list()
    for row, value in enumerate(values):
        if value is None or not value.strip():
            raise DataError(f"{table.place(row, column)}: empty; fill it in or leave the row out")
    return values
