"""Plain text as a language model takes it: a file, a string or lines; cut in order into training and held-out parts."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tidegate.data.compressed import bare_ending, read_content
from tidegate.data.counted import counted
from tidegate.data.encoding import decoded
from tidegate.data.nearest import nearest
from tidegate.data.table import ENDINGS, read_table
from tidegate.errors import ConfigurationError, DataError

_TEXT_ENDINGS = (".txt", ".text", ".md")


@dataclass(frozen=True)
class Corpus:
    """One text. Its lines are its examples where examples are asked for."""

    text: str
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """Without their ends."""
        return self.text.removesuffix("\n").split("\n")

    @property
    def summary(self) -> str:
        """How much there is."""
        return f"{counted(len(self.text), 'character')}, {counted(len(self), 'line')}"

    def __len__(self) -> int:
        return len(self.lines)

    def take(self, rows: NDArray[np.int64], /) -> Self:
        """Some of the lines, in this order."""
        lines = self.lines
        return replace(self, text="".join(f"{lines[row]}\n" for row in rows))

    def fingerprint(self) -> dict[str, str | int]:
        """What identifies the text without holding it."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return {"sha256": digest, "characters": len(self.text), "lines": len(self)}


def as_text(source: Any) -> str:
    """The text of a file, of a string or of lines.

    A path object is a file, and so is a string of one line that ends like one (.txt, .text, .md, also with .gz or .xz
    after it); any other string is the text itself. Lines, in any iterable, are joined by line ends.
    Raises DataError for what is none of these, and for what `read_text` refuses.
    """
    if isinstance(source, os.PathLike) or (isinstance(source, str) and _names_a_file(source)):
        return read_text(Path(source))
    text = source if isinstance(source, str) else _joined(source)
    if not text.strip():
        raise DataError("the text is empty; give some, or the path of a file")
    return text


def read_text(path: Path) -> str:
    """The UTF-8 text of a file, unpacked where its name ends in .xz or .gz; every line end is "\\n".

    Raises DataError for a file that is absent, empty, not whole, or no UTF-8 text, then naming line and column.
    """
    text = decoded(read_content(path), str(path))
    if not text.strip():
        raise DataError(f"{path}: the file holds white space only; give one with text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_corpus(path: Path, names: Mapping[str, str]) -> Corpus:
    """The text of a file; of a table (.csv, .tsv, .parquet) its column "text", or as `names` says, a text in each row.

    Raises DataError as `read_text` does, and where a table has no such column or a row no text.
    """
    for part in names:
        if part != "text":
            raise ConfigurationError(f"{path}: no part is called '{part}'; there is text")
    if bare_ending(path) not in ENDINGS:
        return Corpus(read_text(path))
    table, wanted = read_table(path), names.get("text", "text")
    found = [name for name in table.frame.columns if name.lower() == wanted.lower()]
    if not found:
        told = nearest(wanted, table.frame.columns)
        raise DataError(f"{table.place()}: no column is called '{wanted}'{told}; rename one, or give plain text (.txt)")
    texts = table.frame[found[0]].cast(pl.String).to_list()
    for row, text in enumerate(texts):
        if not (text or "").strip():
            raise DataError(f"{table.place(row, found[0])}: empty; fill it in or leave the row out")
    told = f"{counted(len(texts), 'text')} of column '{found[0]}' read one after the other"
    return Corpus("".join(f"{text.rstrip()}\n" for text in texts), (told,), {"text": found[0]})


def in_order(text: str, *shares: float) -> list[str]:
    """Consecutive parts of the text, each with its share of the characters: `in_order(text, 0.9, 0.05, 0.05)`.

    Raises ConfigurationError for shares that are not positive or do not add up to 1.
    """
    if not shares or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise ConfigurationError(f"shares={shares!r}: positive numbers that add up to 1 are wanted")
    ends = [round(len(text) * sum(shares[:place])) for place in range(len(shares) + 1)]
    return [text[start:end] for start, end in pairwise(ends)]


def lines_in_order(text: str, *shares: float) -> list[str]:
    """As `in_order`, but each part ends where a line does, or a word where there is no line end: none is torn."""
    parts, rest = [], ""
    for part in in_order(text, *shares)[:-1]:
        rest += part
        whole = rest.rfind("\n") + 1 or _last_space(rest)
        parts.append(rest[:whole])
        rest = rest[whole:]
    return [*parts, text[sum(map(len, parts)) :]]


def _last_space(text: str) -> int:
    """Where the text ends when its last, perhaps torn word is taken off."""
    return len(text) - len(re.split(r"\s", text)[-1])


def _names_a_file(text: str) -> bool:
    return "\n" not in text and bare_ending(Path(text)) in _TEXT_ENDINGS


def _joined(source: Any) -> str:
    if not isinstance(source, Iterable) or isinstance(source, bytes):
        raise DataError(f"text is wanted: a path, a string or a list of lines, not {type(source).__name__}")
    lines = list(source)
    for place, line in enumerate(lines):
        if not isinstance(line, str):
            raise DataError(f"line {place} (from 0) is {type(line).__name__}, not text")
    return "\n".join(line.removesuffix("\n") for line in lines) + "\n"
