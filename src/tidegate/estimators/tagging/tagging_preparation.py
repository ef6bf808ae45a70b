"""What a tagger learns of its training part before any training: words, characters, tags, and how spans are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from tidegate.data.spans import are_span_tags, may_follow, scheme
from tidegate.data.tagged import Tagged
from tidegate.data.vocabulary import UNKNOWN, Vocabulary
from tidegate.errors import DataError
from tidegate.models.chain import Chain


@dataclass(frozen=True)
class TaggingPreparation:
    """words: all of the training part, of which the first `kept` have vectors of their own; characters of all of them.

    tags: in alphabetical order; scheme: how they write spans ("" where they write none, see `tidegate.data.spans`).
    """

    words: Vocabulary
    kept: int
    characters: Vocabulary
    tags: tuple[str, ...]
    scheme: str
    lowercase: bool

    @classmethod
    def fit(cls, training: Tagged, *, lowercase: bool, min_count: int) -> Self:
        """Raises DataError for sentences without tags, or with one and the same throughout."""
        training.require_tags()
        tags = sorted({tag for sentence in training.sentences for tag in sentence.tags})
        if len(tags) == 1:
            raise DataError(f"{training.sentences[0].place}: all tokens have the tag '{tags[0]}'; two are needed")
        forms = [[word.lower() if lowercase else word for word in one.tokens] for one in training.sentences]
        return cls(
            words=Vocabulary.fit(forms),
            kept=len(Vocabulary.fit(forms, min_count=min_count)),
            characters=Vocabulary.fit(word for one in training.sentences for word in one.tokens),
            tags=tuple(tags),
            scheme=scheme(training.tags) if are_span_tags(tags) else "",
            lowercase=lowercase,
        )

    def is_known(self, word: str) -> bool:
        """Whether it stands in the training part, in whatever case if words are lower-cased."""
        return (word.lower() if self.lowercase else word) in self.words

    def word_numbers(self, words: list[str]) -> NDArray[np.int64]:
        """The number of each word's vector, that of the unknown for rare ones."""
        numbers = self.words.encode(word.lower() if self.lowercase else word for word in words)
        return np.where(numbers < self.kept, numbers, UNKNOWN)

    def rules(self) -> Chain | None:
        """−inf for what the scheme of the tags forbids, zero for the rest; None where it forbids nothing."""
        if not self.scheme:
            return None
        forbidden = [[not may_follow(self.scheme, before, tag) for tag in self.tags] for before in self.tags]
        starts = [not may_follow(self.scheme, "O", tag) for tag in self.tags]
        ends = [not may_follow(self.scheme, tag, "O") for tag in self.tags]
        if not (any(starts) or any(ends) or any(map(any, forbidden))):
            return None
        parts = (torch.tensor(part) for part in (starts, forbidden, ends))
        return Chain(*(torch.zeros(part.shape).masked_fill(part, -torch.inf) for part in parts))

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What JSON can hold; there are no arrays."""
        vocabulary = {"words": self.words.state(), "characters": self.characters.state(), "tags": list(self.tags)}
        described = {"kept": self.kept, "scheme": self.scheme, "lowercase": self.lowercase}
        return {**described, "vocabulary": vocabulary}, {}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], _arrays: Mapping[str, NDArray[Any]], /) -> Self:
        """The preparation whose `state()` this is. Raises LookupError, TypeError or ValueError for what is none."""
        told = state["vocabulary"]
        words, characters = (Vocabulary.from_state(told[name]) for name in ("words", "characters"))
        if not 2 <= state["kept"] <= len(words):
            raise ValueError("more words with vectors than words")
        return cls(words, int(state["kept"]), characters, tuple(told["tags"]), state["scheme"], state["lowercase"])
