"""Pairs of texts from files: a table, a headerless TSV of two columns, or two texts with a line for each sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from tidegate.data.compressed import bare_ending, read_lines
from tidegate.data.counted import counted
from tidegate.data.pairs import Pairs, Side
from tidegate.data.table import ENDINGS, Table, read_table
from tidegate.errors import ConfigurationError, DataError

_PACKINGS = ("", ".gz", ".xz")


def read_pairs(path: Path, names: Mapping[str, str], *, targets: bool = True) -> Pairs:
    """The pairs of a file, unpacked where its name ends in .gz or .xz.

    A table (.csv, .tsv, .parquet) has columns "source" and "target", or those that `names` gives under these keys; a
    .tsv whose first line names neither and has two columns is read as it stands, each line a source and a target. Any
    other file is text, each line a sentence, whose translations stand in the file beside it that differs in its
    ending: names={"target": "en"} reads train.de with train.en. A path that is no file is completed: with
    names={"source": "de", "target": "en"}, train is train.de with train.en. targets: False reads sources alone.
    Raises DataError naming file, line and side for what is empty, not UTF-8, or of unequal number; ConfigurationError
    for columns or endings that are not there.
    """
    ending = bare_ending(path)
    if ending not in ENDINGS:
        return _aligned(path, names, targets)
    if ending == ".tsv" and not names and _is_headerless(path, targets):
        return _headerless(path, targets)
    return _from_table(read_table(path), names, targets)


def _aligned(path: Path, names: Mapping[str, str], targets: bool) -> Pairs:
    source = _existing(path, names.get("source"))
    lines = read_lines(source)
    places = tuple(f"{source}, line {number}" for number in range(1, len(lines) + 1))
    if not targets:
        return Pairs(tuple(lines), None, places, names)
    if "target" not in names:
        raise ConfigurationError(
            f"{source}: tell by target= (in the shell --target) the ending of the file beside it that holds the "
            "translations, such as en; or give a .tsv with source and target in each line"
        )
    beside = _beside(source, names["target"])
    translations = read_lines(beside)
    if len(lines) != len(translations):
        found = f"{source} has {counted(len(lines), 'line')} and {beside} {len(translations):,}"
        raise DataError(f"{found}; each needs its translation")
    return Pairs(tuple(lines), tuple(translations), places, names)


def _existing(path: Path, ending: str | None) -> Path:
    if path.exists() or ending is None:
        return path
    return _packed(path.with_name(f"{path.name}.{ending.lstrip('.')}"))


def _beside(source: Path, ending: str) -> Path:
    bare = source.with_suffix("") if source.suffix.lower() in _PACKINGS else source
    beside = _packed(bare.with_suffix(f".{ending.lstrip('.')}"))
    if beside == source:
        raise ConfigurationError(f"target={ending!r} names the source itself, {source}; give the ending of another")
    return beside


def _packed(path: Path) -> Path:
    """The file of this name, packed or not; the plain name where there is none, for the message that follows."""
    candidates = (path.with_name(path.name + packing) for packing in _PACKINGS)
    return next((one for one in candidates if one.is_file()), path)


def _is_headerless(path: Path, targets: bool) -> bool:
    header = [cell.strip() for cell in read_lines(path)[0].split("\t")]
    wanted = {"source", "target"} if targets else {"source"}
    return len(header) <= 2 and not wanted <= set(header)


def _headerless(path: Path, targets: bool) -> Pairs:
    lines = read_lines(path)
    places = tuple(f"{path}, line {number}" for number in range(1, len(lines) + 1))
    if not targets:
        return Pairs(tuple(line.split("\t")[0] for line in lines), None, places)
    rows = [_two(line, place) for line, place in zip(lines, places, strict=True)]
    sources, translations = zip(*rows, strict=True)
    return Pairs(sources, translations, places)


def _two(line: str, place: str) -> tuple[str, str]:
    cells = line.split("\t")
    if len(cells) != 2:
        found = counted(len(cells), "column")
        raise DataError(f"{place}: {found}; a .tsv without column names has a source, a tab and a target")
    return cells[0], cells[1]


def _from_table(table: Table, names: Mapping[str, str], targets: bool) -> Pairs:
    columns: dict[str, str] = {side: _column(table, side, names) for side in _sides(targets)}
    places = tuple(table.place(row) for row in range(len(table.frame)))
    sources = _texts(table, columns["source"])
    translations = _texts(table, columns["target"]) if targets else None
    return Pairs(sources, translations, places, {**names, **columns})


def _sides(targets: bool) -> Sequence[Side]:
    return ("source", "target") if targets else ("source",)


def _column(table: Table, side: Side, names: Mapping[str, str]) -> str:
    column = names.get(side, side)
    if column not in table.frame.columns:
        there = ", ".join(f"'{name}'" for name in table.frame.columns)
        raise ConfigurationError(
            f"{table.place()}: there is no column '{column}' of the {side}s, only {there}; name it by {side}= (in the "
            f"shell --{side})"
        )
    return column


def _texts(table: Table, column: str) -> tuple[str, ...]:
    values = table.frame[column]
    if values.dtype not in (pl.String, pl.Categorical, pl.Null):
        raise DataError(f"{table.place(column=column)}: text is wanted, the column holds {values.dtype}")
    return tuple(value or "" for value in values.cast(pl.String).to_list())
