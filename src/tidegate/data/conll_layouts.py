"""How a line of one token is laid out: columns by white space, or the ten of CoNLL-U by tabs."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from tidegate.errors import ConfigurationError

Column = int | str

# https://universaldependencies.org/format.html
UNIVERSAL_COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_NOT_A_TOKEN = re.compile(r"\d+-\d+|\d+\.\d+")  # a contraction such as "don't" for two words; a word left out
_DOCUMENT = "-DOCSTART-"
_GAP = re.compile(r"([ \t]+)")

# What a line is; a remark stands within or between sentences and means nothing here, what is skipped is told.
Kind = Literal["token", "blank", "remark", "skipped"]


class Layout(ABC):
    """A way to write tokens line by line."""

    NAME: ClassVar[str]
    PARTED: ClassVar[str]  # in words, for messages
    WIDTH: ClassVar[int | None]  # columns; None: as many as the first line of a token has
    SKIPPED: ClassVar[str]  # what lines are skipped, in words
    ENDS: ClassVar[tuple[Kind, ...]]  # lines that end a sentence

    def kind(self, line: str) -> Kind:
        """What the line is."""
        return "blank" if not line.strip(" \t") else self._kind(line)

    @abstractmethod
    def _kind(self, line: str) -> Kind:
        """What a line that is not blank is."""

    @abstractmethod
    def fields(self, line: str) -> list[str]:
        """The columns of a token."""

    @abstractmethod
    def replaced(self, line: str, place: int | None, text: str) -> str:
        """The line with another text in a column, or (None) in a new last one."""

    @abstractmethod
    def usual(self, width: int) -> tuple[Column, Column | None]:
        """The columns of tokens and of tags, if there are tags, where nobody names them."""

    @abstractmethod
    def place(self, column: Column, width: int) -> int:
        """The column's number, from 0. Raises ConfigurationError where there is none."""

    @abstractmethod
    def name(self, place: int) -> str:
        """What `place` finds the column by."""

    def is_absent(self, tag: str, place: int) -> bool:  # noqa: ARG002 - where it stands matters in CoNLL-U
        """Whether a tag says that nothing is known."""
        return not tag


class WhiteSpace(Layout):
    """CoNLL's: as many columns as one likes, spaces and tabs between them."""

    NAME, PARTED, WIDTH, SKIPPED = "CoNLL", "white space", None, f"{_DOCUMENT} lines"
    ENDS = ("blank", "skipped")

    def _kind(self, line: str) -> Kind:
        return "skipped" if line.startswith(_DOCUMENT) else "token"

    def fields(self, line: str) -> list[str]:
        return [field for field in line.replace("\t", " ").split(" ") if field]  # no other white space parts columns

    def replaced(self, line: str, place: int | None, text: str) -> str:
        parts = _GAP.split(line.strip(" \t"))
        if place is None:
            return line.rstrip(" \t") + (parts[1] if len(parts) > 1 else " ") + text
        parts[2 * place] = text
        return "".join(parts)

    def usual(self, width: int) -> tuple[Column, Column | None]:
        return 0, -1 if width > 1 else None

    def place(self, column: Column, width: int) -> int:
        return _numbered(column, width, "by number, from 0")

    def name(self, place: int) -> str:
        return str(place)


class Universal(Layout):
    """CoNLL-U: ten columns by tabs, remarks after "#", contractions and words left out on lines of their own."""

    NAME, PARTED, WIDTH = "CoNLL-U", "tabs", len(UNIVERSAL_COLUMNS)
    SKIPPED = "lines of contractions and words left out (ids as 3-4, 5.1)"
    ENDS = ("blank",)

    def _kind(self, line: str) -> Kind:
        if line.startswith("#"):
            return "remark"
        number = line.partition("\t")[0]
        return "skipped" if not number.isdigit() and _NOT_A_TOKEN.fullmatch(number) else "token"

    def fields(self, line: str) -> list[str]:
        return line.split("\t")

    def replaced(self, line: str, place: int | None, text: str) -> str:
        parts = line.split("\t")
        parts[UNIVERSAL_COLUMNS.index("upos") if place is None else place] = text
        return "\t".join(parts)

    def usual(self, width: int) -> tuple[Column, Column | None]:  # noqa: ARG002 - always the same
        return "form", "upos"

    def place(self, column: Column, width: int) -> int:
        if isinstance(column, str) and column.lower() in UNIVERSAL_COLUMNS:
            return UNIVERSAL_COLUMNS.index(column.lower())
        return _numbered(column, width, f"by name ({', '.join(UNIVERSAL_COLUMNS)}) or number")

    def name(self, place: int) -> str:
        return UNIVERSAL_COLUMNS[place]

    def is_absent(self, tag: str, place: int) -> bool:
        """ "_" says that nothing is known; but of features it says that there are none."""
        return not tag or (tag == "_" and place != UNIVERSAL_COLUMNS.index("feats"))


def _numbered(column: Column, width: int, told: str) -> int:
    if not re.fullmatch(r"-?\d+", str(column)):
        raise ConfigurationError(f"there is no column {column!r}; columns of this file are told {told}")
    place = int(column)
    if not -width <= place < width:
        raise ConfigurationError(f"there is no column {place}, only {'0' if width == 1 else f'0 to {width - 1}'}")
    return place % width
