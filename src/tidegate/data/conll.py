"""Files of one token a line, blank lines between sentences: CoNLL's columns by white space, and CoNLL-U."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from tidegate.data.compressed import bare_ending, read_content, read_lines
from tidegate.data.conll_layouts import Column, Layout, Universal, WhiteSpace
from tidegate.data.counted import counted
from tidegate.data.encoding import decoded
from tidegate.data.tagged import Sentence, Tagged
from tidegate.errors import ConfigurationError, DataError

_Block = list[tuple[int, list[str]]]  # a sentence: lines, numbered from 1, with their columns


@dataclass(frozen=True)
class ConllFile:
    """A file of this kind, its columns, and which of them, from 0, hold tokens and tags (None: it has no tags)."""

    path: Path
    lines: list[str]
    layout: Layout
    width: int
    token: int
    tag: int | None

    @classmethod
    def open(
        cls, path: Path, *, token: Column | None = None, tag: Column | None = None, tagged: bool = True
    ) -> ConllFile:
        """Columns by number, from 0, or from the end as in Python; in CoNLL-U also by name ("form", "upos", "xpos", …).

        By default tokens come first and tags last, if there is a second column; in CoNLL-U "form" and "upos".
        tagged: False lets the file end before the column of tags, which is then the next one.
        Raises DataError for a file that cannot be read, and ConfigurationError for no such column.
        """
        lines = read_lines(path)
        layout: Layout = Universal() if bare_ending(path) == ".conllu" else WhiteSpace()
        first = next((line for line in lines if layout.kind(line) == "token"), None)
        if first is None:
            raise DataError(f"{path}: there are no sentences")
        width = layout.WIDTH or len(layout.fields(first))
        usual_token, usual_tag = layout.usual(width)
        tag = usual_tag if tag is None else tag
        if not tagged and str(tag).isdigit() and int(str(tag)) >= width:
            tag = None
        try:
            token_place = layout.place(usual_token if token is None else token, width)
            tag_place = None if tag is None else layout.place(tag, width)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}: {error}") from None
        if token_place == tag_place:
            raise ConfigurationError(f"{path}: column {layout.name(token_place)} cannot be both token and tag")
        return cls(path, lines, layout, width, token_place, tag_place)

    def read(self, *, tagged: bool = True) -> Tagged:
        """All sentences; tagged: False leaves the tags where they are.

        Raises DataError for lines with too few or too many columns, and where some tags are missing.
        """
        tag = self.tag if tagged else None
        sentences = tuple(self._sentence(block, tag) for block in self._blocks())
        return Tagged(sentences, self._notes(), self._names())

    def require_columns(self, known: int | None) -> None:
        """Raises DataError where what stands in the place of the tags may be something else, as the words of prose.

        known: columns of the file in which that place was told; by default tokens and, beside them, tags.
        """
        usual = self.width <= 2 if known is None else self.width == known
        if usual or self.tag is None or self.layout.WIDTH is not None:
            return
        number = next(number for number, line in enumerate(self.lines, 1) if self.layout.kind(line) == "token")
        expected = "2 at most are expected, token and tag" if known is None else f"the training file had {known}"
        found = f"{counted(self.width, 'column')} by {self.layout.PARTED}"
        raise DataError(
            f"{self.path}, line {number}: {found}, where {expected}; give one token a line, blank lines between "
            "sentences, in the columns of training or with the token alone"
        )

    def with_tags(self, tags: Sequence[Sequence[str]]) -> str:
        """The file's text with these tags in place of its own, or in a new last column; all else as it stood.

        Line ends and a byte order mark are no exception.
        """
        lines = list(self.lines)
        for block, marks in zip(self._blocks(), tags, strict=True):
            for (number, _), mark in zip(block, marks, strict=True):
                lines[number - 1] = self.layout.replaced(lines[number - 1], self.tag, mark)
        content = read_content(self.path)
        ends = re.findall(r"\r?\n", decoded(content, str(self.path)))
        mark = "\ufeff" if content.startswith(BOM_UTF8) else ""
        return mark + "".join(f"{line}{end}" for line, end in zip_longest(lines, ends[: len(lines)], fillvalue=""))

    def _blocks(self) -> Iterator[_Block]:
        block: _Block = []
        width = self.layout.WIDTH
        for number, line in enumerate(self.lines, start=1):
            kind = self.layout.kind(line)
            if kind == "token":
                fields = self.layout.fields(line)
                width = width or len(fields)
                self._check_width(number, fields, width)
                block.append((number, fields))
            elif kind in self.layout.ENDS and block:
                yield block
                block = []
        if block:
            yield block

    def _check_width(self, number: int, fields: list[str], width: int) -> None:
        if len(fields) != width:
            standard = "the first line of tokens" if self.layout.WIDTH is None else self.layout.NAME
            found = f"{counted(len(fields), 'column')} by {self.layout.PARTED}"
            raise DataError(f"{self.path}, line {number}: {found}, where {standard} has {width}; mend the line")

    def _sentence(self, block: _Block, tag: int | None) -> Sentence:
        for number, fields in block:
            if not fields[self.token]:
                raise DataError(f"{self.path}, line {number}, column {self.token + 1}: the token is empty")
        tokens = tuple(fields[self.token] for _, fields in block)
        tags = () if tag is None else self._tags(block, tag)
        return Sentence(tokens, tags, f"{self.path}, line {block[0][0]}")

    def _tags(self, block: _Block, tag: int) -> tuple[str, ...]:
        """The tags of a sentence, or none of them where none is known."""
        absent = [number for number, fields in block if self.layout.is_absent(fields[tag], tag)]
        if absent and len(absent) < len(block):
            raise DataError(
                f"{self.path}, line {absent[0]}, column {tag + 1}: the token has no tag, others of its sentence "
                "have; give it one"
            )
        return () if absent else tuple(fields[tag] for _, fields in block)

    def _notes(self) -> tuple[str, ...]:
        skipped = sum(self.layout.kind(line) == "skipped" for line in self.lines)
        return (f"{self.path}: {skipped} {self.layout.SKIPPED} skipped",) if skipped else ()

    def _names(self) -> dict[str, str]:
        places = {"token": self.token, **({} if self.tag is None else {"tag": self.tag})}
        named = {"format": self.layout.NAME, **{part: self.layout.name(place) for part, place in places.items()}}
        return named if self.layout.WIDTH else {**named, "columns": str(self.width)}
