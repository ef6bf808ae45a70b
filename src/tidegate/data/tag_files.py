"""Files of tokens and tags, by their endings: CoNLL, CoNLL-U, or a table of one token a row; .gz and .xz too."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tidegate.data.compressed import bare_ending, read_lines
from tidegate.data.conll import ConllFile
from tidegate.data.table import read_table
from tidegate.data.token_table import TokenTable
from tidegate.errors import ConfigurationError

_PARTS = ("sentence", "token", "tag", "columns")


def file_format(path: Path) -> str:
    """ "CoNLL-U" for .conllu, "table" for .csv, .parquet and those .tsv that have no blank lines, else "CoNLL"."""
    ending = bare_ending(path)
    if ending == ".conllu":
        return "CoNLL-U"
    if ending in (".csv", ".parquet"):
        return "table"
    blank = ending == ".tsv" and any(not line.strip() for line in read_lines(path))
    return "table" if ending == ".tsv" and not blank else "CoNLL"


def open_tagged(path: Path, columns: Mapping[str, str], *, tagged: bool = True) -> ConllFile | TokenTable:
    """The file, with `columns` "token", "tag" and, in a table, "sentence" as named or by default.

    "columns" is how many the file had in which the others were found. tagged: False lets the column of tags be absent.
    Raises DataError for a file that cannot be read, and ConfigurationError for columns that are not there.
    """
    unknown = [part for part in columns if part not in _PARTS]
    if unknown:
        raise ConfigurationError(f"{path}: no part is called '{unknown[0]}'; there are {', '.join(_PARTS[:3])}")
    if file_format(path) == "table":
        return TokenTable.of(read_table(path), tagged=tagged, **columns)
    named = {part: column for part, column in columns.items() if part != "sentence"}
    if len(named) < len(columns):
        raise ConfigurationError(f"{path}: blank lines part the sentences of this file; name no column of sentences")
    known = named.pop("columns", None)
    file = ConllFile.open(path, tagged=tagged, **named)
    if not tagged and (known is not None or "tag" not in named):
        file.require_columns(None if known is None else int(known))
    return file
