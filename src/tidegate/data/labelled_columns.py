"""Which column of a table with labels plays which part, and the labels in it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from tidegate.data.nearest import nearest
from tidegate.data.table import Table
from tidegate.errors import DataError

USUAL = {
    "text": ("text",),
    "label": ("label", "target"),
    "id": ("id", "unique_id", "case_id"),
    "time": ("time", "ds", "step"),
}
"""What the column of a part is called where nobody names it, in any case: the first of these that is there."""


def find_column(table: Table, part: str, names: Mapping[str, str]) -> str | None:
    """The column that plays this part, by `names` or by its usual name; None where there is none."""
    lowered = {column.lower(): column for column in reversed(table.frame.columns)}
    for name in [names[part]] if part in names else USUAL[part]:
        if found := (name if name in table.frame.columns else lowered.get(name.lower())):
            return found
    return None


def absent_column(table: Table, part: str, names: Mapping[str, str]) -> DataError:
    """To raise where no column plays a part that is needed."""
    wanted = names.get(part, USUAL[part][0])
    meant = nearest(wanted, table.frame.columns)
    return DataError(
        f"{table.place()}: no column is called '{wanted}'; rename one, or name it to `fit` by --{part}{meant}"
    )


def read_labels(table: Table, column: str) -> pl.Series:
    """The column as text without spaces around it. Raises DataError where a cell is empty.

    Whatever else stands there is a label, NA and None too.
    """
    labels = stripped(table.frame[column])
    if labels.null_count():
        row = int(labels.is_null().arg_true()[0])
        raise DataError(f"{table.place(row, column)}: empty; fill it in or leave the row out")
    return labels


def stripped(values: pl.Series) -> pl.Series:
    """Values as text without spaces around it, null where nothing stands."""
    text = (values.fill_nan(None) if values.dtype.is_float() else values).cast(pl.String).str.strip_chars()
    return text.set(text.is_null() | (text == ""), None)
