"""Tab-separated text: fields between tabs, a record in each line (IANA, text/tab-separated-values)."""

from __future__ import annotations

from pathlib import Path

from tidegate.data.compressed import read_lines
from tidegate.data.counted import counted
from tidegate.errors import DataError


def read_tsv(path: Path) -> list[list[str]]:
    """The fields of each line, as many in each; blank lines at the end do not count.

    A field wholly in quotation marks, as spreadsheets write it, loses them; other quotation marks are characters.
    Raises DataError for a file that is absent, not UTF-8, empty, or ragged.
    """
    rows = [[_bare(field) for field in line.split("\t")] for line in read_lines(path)]
    while rows and len(rows[-1]) == 1 and not rows[-1][0].strip():
        rows.pop()
    if not rows:
        raise DataError(f"{path}: the file holds white space only")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            found = "the line is blank" if row == [""] else counted(len(row), "field")
            raise DataError(f"{path}, line {number}: {found}, where line 1 has {len(rows[0])}; mend the line")
    return rows


def _bare(field: str) -> str:
    inner = field[1:-1]
    quoted = len(field) > 1 and field[0] == field[-1] == '"' and '"' not in inner.replace('""', "")
    return inner.replace('""', '"') if quoted else field
