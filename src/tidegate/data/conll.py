"""Files of one token a line, blank lines between sentences: CoNLL's columns by white space, and CoNLL-U."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tidegate.data.compressed import bare_ending, read_lines
from tidegate.data.tagged import Sentence, Tagged
from tidegate.errors import ConfigurationError, DataError

# https://universaldependencies.org/format.html
UNIVERSAL_COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_NOT_A_TOKEN = re.compile(r"\d+-\d+|\d+\.\d+")  # a contraction such as "don't" for two words; a word left out
_DOCUMENT = "-DOCSTART-"
_GAP = re.compile(r"([ \t]+)")

Column = int | str | None


@dataclass(frozen=True)
class ConllFile:
    """A file of this kind, and which of its columns, counted from 0, hold tokens and tags (None: it has no tags)."""

    path: Path
    lines: list[str]
    token: int
    tag: int | None

    @classmethod
    def open(cls, path: Path, *, token: Column = None, tag: Column = None, tagged: bool = True) -> ConllFile:
        """Columns by number, from 0, or from the end as in Python; in CoNLL-U also by name ("form", "upos", "xpos", …).

        By default tokens come first and tags last, if there is a second column; in CoNLL-U "form" and "upos".
        tagged: False lets the file end before the column of tags, which is then the next one.
        Raises DataError for a file that cannot be read, or is ragged, and ConfigurationError for no such column.
        """
        lines = read_lines(path)
        universal = bare_ending(path) == ".conllu"
        fields = next((_fields(line, universal) for line in lines if _is_token(line, universal)), None)
        if fields is None:
            raise DataError(f"{path}: there are no sentences")
        width = len(UNIVERSAL_COLUMNS) if universal else len(fields)
        token = ("form" if universal else 0) if token is None else token
        if tag is None and width > 1:
            tag = "upos" if universal else -1
        if not tagged and str(tag) == str(width):
            tag = None
        tag_place = None if tag is None else _place(path, tag, width, universal)
        return cls(path, lines, _place(path, token, width, universal), tag_place)

    @cached_property
    def universal(self) -> bool:
        return bare_ending(self.path) == ".conllu"

    def read(self, *, tagged: bool = True) -> Tagged:
        """All sentences; tagged: False leaves the tags where they are.

        Raises DataError for lines with too few or too many columns, and where some tags are missing.
        """
        tag = self.tag if tagged else None
        sentences = [self._sentence(block, tag) for block in self._blocks()]
        if not sentences:
            raise DataError(f"{self.path}: there are no sentences")
        return Tagged(tuple(sentences), self._notes(), self._names())

    def with_tags(self, tags: Sequence[Sequence[str]]) -> str:
        """The file's text with these tags in place of its own, or in a new last column; all else as it stood."""
        lines = list(self.lines)
        for block, marks in zip(self._blocks(), tags, strict=True):
            for (number, _), mark in zip(block, marks, strict=True):
                lines[number - 1] = self._tagged(lines[number - 1], mark)
        return "\n".join(lines) + "\n"

    def _blocks(self) -> Iterator[list[tuple[int, list[str]]]]:
        """Sentences as lines, numbered from 1, with their fields."""
        block: list[tuple[int, list[str]]] = []
        width = len(UNIVERSAL_COLUMNS) if self.universal else 0
        for number, line in enumerate(self.lines, start=1):
            if _is_token(line, self.universal):
                fields = _fields(line, self.universal)
                width = width or len(fields)
                self._check_width(number, fields, width)
                block.append((number, fields))
            elif block and (_ends_sentence(line) or line.startswith(_DOCUMENT)):
                yield block
                block = []
        if block:
            yield block

    def _check_width(self, number: int, fields: list[str], width: int) -> None:
        if len(fields) != width:
            parted = "by tabs" if self.universal else "by white space"
            standard = "CoNLL-U has" if self.universal else "the first line of tokens has"
            raise DataError(
                f"{self.path}, line {number}: {len(fields)} columns {parted}, where {standard} {width}; mend the line"
            )

    def _sentence(self, block: list[tuple[int, list[str]]], tag: int | None) -> Sentence:
        place = f"{self.path}, line {block[0][0]}"
        for number, fields in block:
            if not fields[self.token]:
                raise DataError(f"{self.path}, line {number}, column {self.token + 1}: the token is empty")
        tokens = tuple(fields[self.token] for _, fields in block)
        if tag is None:
            return Sentence(tokens, (), place)
        tags = tuple(fields[tag] for _, fields in block)
        absent = [number for (number, _), mark in zip(block, tags, strict=True) if self._is_absent(mark)]
        if absent and len(absent) < len(tags):
            raise DataError(
                f"{self.path}, line {absent[0]}, column {tag + 1}: the token has no tag, others of its sentence "
                "have; give it one"
            )
        return Sentence(tokens, () if absent else tags, place)

    def _is_absent(self, tag: str) -> bool:
        """In CoNLL-U "_" says nothing is known; but of features it says that there are none."""
        nothing_known = self.universal and tag == "_" and self.tag != UNIVERSAL_COLUMNS.index("feats")
        return not tag or nothing_known

    def _notes(self) -> tuple[str, ...]:
        documents = sum(not self.universal and line.startswith(_DOCUMENT) for line in self.lines)
        skipped = sum(self.universal and _is_skipped(line) for line in self.lines)
        notes = []
        if documents:
            notes.append(f"{self.path}: {documents} {_DOCUMENT} lines skipped")
        if skipped:
            notes.append(f"{self.path}: {skipped} lines of contractions and words left out (ids as 3-4, 5.1) skipped")
        return tuple(notes)

    def _names(self) -> dict[str, str]:
        told = {"token": self.token, **({} if self.tag is None else {"tag": self.tag})}
        if self.universal:
            return {"format": "CoNLL-U", **{part: UNIVERSAL_COLUMNS[place] for part, place in told.items()}}
        return {"format": "CoNLL", **{part: str(place) for part, place in told.items()}}

    def _tagged(self, line: str, tag: str) -> str:
        parts = line.split("\t") if self.universal else _GAP.split(line.strip(" \t"))
        if self.tag is None:
            return line.rstrip(" \t") + (parts[1] if len(parts) > 1 else " ") + tag
        parts[self.tag if self.universal else 2 * self.tag] = tag
        return ("\t" if self.universal else "").join(parts)


def _fields(line: str, universal: bool) -> list[str]:
    if universal:
        return line.split("\t")
    return [field for field in line.replace("\t", " ").split(" ") if field]  # no other white space parts columns


def _is_token(line: str, universal: bool) -> bool:
    if universal:
        return not (_ends_sentence(line) or line.startswith("#") or _is_skipped(line))
    return not (_ends_sentence(line) or line.startswith(_DOCUMENT))


def _is_skipped(line: str) -> bool:
    number = line.partition("\t")[0]
    return not number.isdigit() and _NOT_A_TOKEN.fullmatch(number) is not None


def _ends_sentence(line: str) -> bool:
    return not line.strip(" \t")


def _place(path: Path, column: int | str, width: int, universal: bool) -> int:
    if isinstance(column, str) and universal and column.lower() in UNIVERSAL_COLUMNS:
        return UNIVERSAL_COLUMNS.index(column.lower())
    if isinstance(column, str) and not re.fullmatch(r"-?\d+", column):
        named = f"by name ({', '.join(UNIVERSAL_COLUMNS)}) or number" if universal else "by number, from 0"
        raise ConfigurationError(f"{path}: there is no column {column!r}; columns of this file are told {named}")
    place = int(column)
    if not -width <= place < width:
        raise ConfigurationError(f"{path}: there is no column {place}, only 0 to {width - 1}")
    return place % width
