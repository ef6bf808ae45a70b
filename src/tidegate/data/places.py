"""Where each example came from, as messages tell it: file, line or row, and of a series the step and the channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from tidegate.data.table import Table

Numbers = NDArray[np.int64]
One = TypeVar("One")


@dataclass(frozen=True, eq=False)
class Places:
    """A line of a file, from 1, or where lines are not counted a row, from 0, for each example.

    files: the file of each, None where there is none. steps: of series from a long table, where each step stands.
    """

    numbers: Numbers
    files: tuple[str, ...] | None = None
    unit: Literal["line", "row"] = "row"
    steps: tuple[Numbers, ...] | None = None

    @classmethod
    def of_rows(cls, count: int) -> Places:
        return cls(np.arange(count))

    @classmethod
    def of_lines(cls, file: str, lines: Sequence[int] | Numbers) -> Places:
        return cls(np.asarray(lines, dtype=np.int64), (file,) * len(lines), "line")

    @classmethod
    def of_table(cls, table: Table) -> Places:
        """An example in each row."""
        files = None if table.name is None else (table.name,) * len(table.frame)
        if table.lines is None:
            return cls(np.arange(len(table.frame)), files)
        return cls(table.lines, files, "line")

    @classmethod
    def of_series(cls, table: Table, starts: Numbers) -> Places:
        """A step in each row; a series begins at each of `starts`."""
        rows = cls.of_table(table)
        steps = tuple(np.split(rows.numbers, starts[1:]))
        return cls(rows.numbers[starts], _taken(rows.files, starts), rows.unit, steps)

    def __getitem__(self, row: int) -> str:
        return self._told(row, int(self.numbers[row]))

    def of_value(self, row: int, step: int, channel: str) -> str:
        """Where a series has its value of this step (from 0) and channel: its own line and column, if it has them."""
        if self.steps is None:
            return f"{self[row]}, channel {channel}, step {step}"
        return f"{self._told(row, int(self.steps[row][step]))}, column '{channel}'"

    def take(self, rows: NDArray[np.int64]) -> Places:
        return Places(self.numbers[rows], _taken(self.files, rows), self.unit, _taken(self.steps, rows))

    def _told(self, row: int, number: int) -> str:
        where = f"{self.unit} {number}"
        return where if self.files is None else f"{self.files[row]}, {where}"


def _taken(each: tuple[One, ...] | None, rows: NDArray[np.int64]) -> tuple[One, ...] | None:
    return None if each is None else tuple(each[row] for row in rows)
