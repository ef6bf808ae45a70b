"""Pairs of texts from files: a table, a headerless TSV of two columns, or two texts with a line for each sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from tidegate.data.compressed import bare_ending, read_lines
from tidegate.data.counted import counted
from tidegate.data.nearest import nearest
from tidegate.data.pairs import Pairs, Side, require_filled
from tidegate.data.table import ENDINGS, Table, headed, read_table
from tidegate.data.tsv import read_tsv
from tidegate.errors import ConfigurationError, DataError

_PARTS = ("source", "target")
_PACKINGS = ("", ".gz", ".xz")


def read_pairs(path: Path, names: Mapping[str, str], *, targets: bool = True, strict: bool = True) -> Pairs:
    """The pairs of a file, unpacked where its name ends in .gz or .xz.

    A table (.csv, .tsv, .parquet) has columns "source" and "target", in any case, or those that `names` gives under
    these keys. A .tsv of one or two columns whose first line names none of them is read as it stands, each line a
    source and its target; `strict` refuses that where `names` holds other names than the usual ones. Any other file is
    text, each line a sentence, whose translations stand in the file beside it that differs in its ending:
    names={"target": "en"} reads train.de with train.en. A path that is no file is completed: with
    names={"source": "de", "target": "en"}, train is train.de with train.en. targets: False reads sources alone.
    Raises DataError naming file, line and side for what is empty, not UTF-8, or of unequal number; ConfigurationError
    for columns or endings that are not there.
    """
    for part in names:
        if part not in _PARTS:
            raise ConfigurationError(f"{path}: no part is called '{part}'; there are {', '.join(_PARTS)}")
    ending = bare_ending(path)
    if ending not in ENDINGS:
        return _aligned(path, names, targets)
    if ending == ".tsv":
        return _from_tsv(path, names, targets, strict)
    return _from_table(read_table(path), names, targets)


def _aligned(path: Path, names: Mapping[str, str], targets: bool) -> Pairs:
    source = _existing(path, names.get("source"))
    lines = read_lines(source)
    places = _places(source, lines)
    if not targets:
        return Pairs(tuple(lines), None, places, names)
    if "target" not in names:
        raise ConfigurationError(
            f"{source}: tell by target= (in the shell --target) the ending of the file beside it that holds the "
            "translations, such as en; or give a .tsv with source and target in each line"
        )
    beside = _beside(source, names["target"])
    if not beside.is_file():
        raise DataError(
            f"{beside}: there is no such file with the translations of {source}; tell the ending of the one that has "
            "them by target= (in the shell --target, or --column target=en of a trained model)"
        )
    translations = read_lines(beside)
    require_filled(translations, _places(beside, translations), "target")
    if len(lines) != len(translations):
        found = f"{source} has {counted(len(lines), 'line')} and {beside} {len(translations):,}"
        raise DataError(f"{found}; each needs its translation")
    return Pairs(tuple(lines), tuple(translations), places, names)


def _places(path: Path, lines: Sequence[object]) -> tuple[str, ...]:
    return tuple(f"{path}, line {number}" for number in range(1, len(lines) + 1))


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


def _from_tsv(path: Path, names: Mapping[str, str], targets: bool, strict: bool) -> Pairs:
    rows = read_tsv(path)
    first = {cell.strip().lower() for cell in rows[0]}
    usual = first.isdisjoint({"source", "target", *map(str.lower, names.values())})
    if len(rows[0]) > 2 or not usual or (strict and set(names.values()) - {"source", "target"}):
        return _from_table(headed(path, rows), names, targets)
    if targets and len(rows[0]) == 1:
        raise DataError(f"{path}, line 1: 1 column; a .tsv without column names has a source, a tab and a target")
    places = _places(path, rows)
    sources, *translations = (tuple(column) for column in zip(*rows, strict=True))
    return Pairs(sources, translations[0] if targets else None, places)


def _from_table(table: Table, names: Mapping[str, str], targets: bool) -> Pairs:
    columns: dict[str, str] = {side: _column(table, side, names) for side in _sides(targets)}
    if table.frame.is_empty():
        raise DataError(f"{table.place()}: there are no rows")
    places = tuple(table.place(row) for row in range(len(table.frame)))
    sources = _texts(table, columns["source"], "source")
    translations = _texts(table, columns["target"], "target") if targets else None
    return Pairs(sources, translations, places, {**names, **columns})


def _sides(targets: bool) -> Sequence[Side]:
    return ("source", "target") if targets else ("source",)


def _column(table: Table, side: Side, names: Mapping[str, str]) -> str:
    wanted, there = names.get(side, side), table.frame.columns
    alike = [column for column in there if column == wanted] or [one for one in there if one.lower() == wanted.lower()]
    if not alike:
        told = f"{table.place()}: there is no column '{wanted}' of the {side}s{nearest(wanted, there)}"
        raise ConfigurationError(f"{told}; name it by {side}= (in the shell --{side})")
    return alike[0]


def _texts(table: Table, column: str, side: Side) -> tuple[str, ...]:
    values = table.frame[column]
    if values.dtype not in (pl.String, pl.Categorical, pl.Null):
        raise DataError(f"{table.place(column=column)}: text is wanted, the column holds {values.dtype}")
    texts = tuple(value or "" for value in values.cast(pl.String).to_list())
    require_filled(texts, [table.place(row, column) for row in range(len(texts))], side)
    return texts
