"""Tables of one token a row: columns of sentence, token and tag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from tidegate.data.table import Table
from tidegate.data.tagged import Sentence, Tagged
from tidegate.errors import ConfigurationError, DataError

_NAMES = {
    "sentence": ("sentence", "sentence_id", "sent_id", "sentence #", "unique_id", "id"),
    "token": ("token", "word", "form", "text"),
    "tag": ("tag", "label", "upos", "pos", "ner", "chunk"),
}


@dataclass(frozen=True)
class TokenTable:
    """A table and the columns that tell the sentence, the token and its tag (None: there are no tags)."""

    table: Table
    sentence: str
    token: str
    tag: str | None

    @classmethod
    def of(
        cls,
        table: Table,
        *,
        sentence: str | None = None,
        token: str | None = None,
        tag: str | None = None,
        tagged: bool = True,
    ) -> TokenTable:
        """Columns by name; those not given are found by their usual names, whatever their case.

        tagged: False lets the column of tags be absent.
        Raises ConfigurationError for a name that is not there, DataError where sentence or token cannot be found.
        """
        absent = not tagged and tag not in table.frame.columns
        found = {"sentence": sentence, "token": token, "tag": None if absent else tag}
        for part, name in found.items():
            found[part] = _named(table, name) if name is not None else _usual(table, part)
        for part in ("sentence", "token"):
            if found[part] is None:
                usual = ", ".join(f"'{name}'" for name in _NAMES[part])
                raise DataError(
                    f"{table.place()}: no column holds the {part}s ({usual}); rename one, or name it to "
                    f"`fit` by --{part}"
                )
        if found["token"] == found["tag"]:
            raise ConfigurationError(f"{table.place()}: column '{found['tag']}' cannot be both token and tag")
        return cls(table, str(found["sentence"]), str(found["token"]), found["tag"])

    def read(self, *, tagged: bool = True) -> Tagged:
        """Sentences in the order of the table: rows of one sentence stand together, or only its first names it.

        tagged: False leaves the tags where they are.
        Raises DataError, with line and column, for a token or tag that is missing and a sentence that comes back later.
        """
        tokens = self._texts(self.token)
        tags = self._texts(self.tag) if tagged and self.tag is not None else []
        starts = self._starts()
        ids = self.table.frame[self.sentence].cast(pl.String).to_list()
        sentences = tuple(
            Sentence(tuple(tokens[start:end]), tuple(tags[start:end]), self.table.place(start), ids[start])
            for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True)
        )
        names = {"format": "table", "sentence": self.sentence, "token": self.token}
        return Tagged(sentences, names={**names, **({} if self.tag is None else {"tag": self.tag})})

    def _texts(self, column: str) -> list[str]:
        values = self.table.frame[column].cast(pl.String).to_list()
        for row, value in enumerate(values):
            if not value:
                raise DataError(f"{self.table.place(row, column)}: there is nothing; give each row a token and a tag")
        return values

    def _starts(self) -> list[int]:
        """The rows on which sentences begin."""
        names = self.table.frame[self.sentence].cast(pl.String).to_list()
        starts: list[int] = []
        seen: dict[Any, int] = {}
        current = None
        for row, name in enumerate(names):
            if row and (not name or name == current):
                continue
            if name in seen:
                raise DataError(
                    f"{self.table.place(row, self.sentence)}: sentence '{name}' began in {self.table.line(seen[name])} "
                    "already, others stand between; sort the rows by sentence"
                )
            seen[name] = row
            starts.append(row)
            current = name
        return starts


def _named(table: Table, name: str) -> str:
    if name not in table.frame.columns:
        there = ", ".join(f"'{column}'" for column in table.frame.columns)
        raise ConfigurationError(f"{table.place()}: there is no column '{name}', only {there}")
    return name


def _usual(table: Table, part: str) -> str | None:
    """The first usual name that a column has."""
    lower = {column.strip().lower(): column for column in reversed(table.frame.columns)}
    return next((lower[name] for name in _NAMES[part] if name in lower), None)
