"""Sentences: tokens in order, each with a tag or none of them, and the place each sentence came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tidegate.data.counted import counted
from tidegate.errors import DataError


@dataclass(frozen=True)
class Sentence:
    """One or more tokens; `tags` are as many, or none where the sentence is not tagged.

    place: where it came from, for messages; id: what a table calls it, if it does.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    place: str
    id: str | None = None


@dataclass(frozen=True)
class Tagged:
    """Sentences, either all with tags or all without.

    notes: what was skipped on reading them; names: the format of the file and its columns, empty without a file.
    """

    sentences: tuple[Sentence, ...]
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tagged = [bool(sentence.tags) for sentence in self.sentences]
        if any(tagged) and not all(tagged):
            place = self.sentences[tagged.index(False)].place
            raise DataError(f"{place}: the sentence has no tags, others have; tag it or take it out")

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def summary(self) -> str:
        """How many sentences and tokens there are, and of how many tags."""
        tags = {tag for sentence in self.sentences for tag in sentence.tags}
        tokens = sum(len(sentence.tokens) for sentence in self.sentences)
        known = counted(len(tags), "tag") if tags else "no tags"
        return f"{counted(len(self), 'sentence')}, {counted(tokens, 'token')}, {known}"

    def take(self, rows: NDArray[np.int64], /) -> Self:
        """Some of the sentences, in this order."""
        return replace(self, sentences=tuple(self.sentences[row] for row in rows))

    def fingerprint(self) -> dict[str, str | int]:
        """A digest of tokens and tags, and how many sentences and tokens there are."""
        digest = hashlib.sha256()
        for sentence in self.sentences:
            digest.update(json.dumps([sentence.tokens, sentence.tags]).encode())
        tokens = sum(len(sentence.tokens) for sentence in self.sentences)
        return {"sha256": digest.hexdigest(), "sentences": len(self), "tokens": tokens}

    @property
    def has_tags(self) -> bool:
        return bool(self.sentences and self.sentences[0].tags)

    @property
    def tags(self) -> list[list[str]]:
        return [list(sentence.tags) for sentence in self.sentences]

    @property
    def tokens(self) -> list[list[str]]:
        return [list(sentence.tokens) for sentence in self.sentences]

    def require_tags(self) -> None:
        """Raises DataError where there is nothing to learn from or to compare with."""
        if not self.has_tags:
            place = self.sentences[0].place if self.sentences else "the data"
            raise DataError(f"{place}: the tokens have no tags; give them in a column of the file (--tag), or as y")


def from_lists(tokens: Any, tags: Any = None) -> Tagged:
    """Sentences from a list of token lists and, if known, a list of tag lists.

    Raises DataError, naming sentence and position (from 0), for lists of unequal length, empty sentences, a text where
    a list of tokens belongs, and what is no text at all.
    """
    _check_list(tokens, "X", "a list of token lists, or the path of a file")
    if not len(tokens):
        raise DataError("X: there are no sentences")
    if tags is not None:
        _check_list(tags, "y", "a list of tag lists")
        if len(tags) != len(tokens):
            raise DataError(f"X has {counted(len(tokens), 'sentence')} and y {len(tags)}; give each sentence its tags")
    pairs = zip(tokens, [()] * len(tokens) if tags is None else tags, strict=True)
    sentences = (_sentence(place, words, marks, tags is not None) for place, (words, marks) in enumerate(pairs))
    return Tagged(tuple(sentences))


def _sentence(number: int, tokens: Any, tags: Any, tagged: bool) -> Sentence:
    place = f"sentence {number}"
    _check_texts(tokens, place, "token")
    _check_texts(tags, place, "tag")
    if not len(tokens):
        raise DataError(f"{place}: there are no tokens; take the sentence out")
    if tagged and len(tags) != len(tokens):
        found = f"{counted(len(tokens), 'token')} and {counted(len(tags), 'tag')}"
        raise DataError(f"{place}: {found}; give one tag for each token")
    return Sentence(tuple(tokens), tuple(tags), place)


def _check_texts(values: Any, place: str, noun: str) -> None:
    _check_list(values, place, f"a list of {noun}s")
    for position, value in enumerate(values):
        if not isinstance(value, str) or not value:
            raise DataError(f"{place}, {noun} {position}: {value!r} is not a {noun}; give text that is not empty")


def _check_list(values: Any, place: str, expected: str) -> None:
    if isinstance(values, str | bytes) or not (isinstance(values, Sequence) or hasattr(values, "__array__")):
        raise DataError(f"{place}: {values!r:.60} is not {expected}")
