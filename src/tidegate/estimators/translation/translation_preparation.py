"""What a translator fits on its training pairs: how both sides become numbers, and numbers the target again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tidegate.data.pairs import Pairs, Text, is_text
from tidegate.data.tokenizing import Tokenizer
from tidegate.data.vocabulary import Vocabulary
from tidegate.errors import DataError
from tidegate.estimators.sequence_options import TextOptions
from tidegate.models.beam import BEGIN, END

SPECIALS = ("<bos>", "<eos>")
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Side:
    """Source or target: how text is split (None: it came as tokens), and the numbers of its tokens."""

    tokenizer: Tokenizer | None
    vocabulary: Vocabulary

    @classmethod
    def fit(cls, sequences: Sequence[Text], options: TextOptions) -> Self:
        tokenizer = None
        if is_text(sequences):
            texts = (str(text) for text in sequences)
            tokenizer = Tokenizer.fit(
                options.tokenizer, texts, lowercase=options.lowercase, size=options.vocabulary_size
            )
        tokens = (_split(tokenizer, sequence) for sequence in sequences)
        wanted: dict[str, Any] = {"min_count": options.min_count, "max_size": options.vocabulary_size}
        fit = Vocabulary.fit if tokenizer is None else tokenizer.vocabulary
        return cls(tokenizer, fit(tokens, specials=SPECIALS, **wanted))

    def split(self, sequence: Text) -> list[str]:
        """The tokens of a text; of tokens, themselves."""
        return _split(self.tokenizer, sequence)

    def join(self, tokens: Sequence[str]) -> str | list[str]:
        """The text of tokens; where training had tokens, themselves."""
        return list(tokens) if self.tokenizer is None else self.tokenizer.join(tokens)

    def encode(self, sequence: Text) -> Numbers:
        """The numbers of its tokens."""
        return self.vocabulary.encode(self.split(sequence))

    def require_kind(self, sequences: Sequence[Text], name: str) -> None:
        """Raises DataError for tokens where training had text, or the other way round."""
        if is_text(sequences) != (self.tokenizer is not None):
            had, found = ("texts", "lists of tokens") if self.tokenizer else ("lists of tokens", "texts")
            raise DataError(f"the {name}s are {found}; training had {had}: give the same")

    def state(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {
            "tokenizer": None if self.tokenizer is None else self.tokenizer.state(),
            "vocabulary": self.vocabulary.state(),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The side whose `state()` this is."""
        tokenizer = None if state["tokenizer"] is None else Tokenizer.from_state(state["tokenizer"])
        vocabulary = Vocabulary.from_state(state["vocabulary"])
        if vocabulary.tokens[BEGIN : END + 1] != SPECIALS:
            raise ValueError(f"the vocabulary lacks {SPECIALS}")
        return cls(tokenizer, vocabulary)


@dataclass(frozen=True)
class TranslationPreparation:
    """Both sides, equal where they are joint; `pairs` of training, and the tokens of their longest target."""

    source: Side
    target: Side
    pairs: int
    longest: int

    @classmethod
    def fit(cls, training: Pairs, options: TextOptions, *, joint: bool) -> Self:
        """Fitted on these pairs alone. Raises DataError for a joint vocabulary of texts and tokens."""
        targets = training.required_targets()
        if joint and is_text(training.sources) != is_text(targets):
            raise DataError("joint=True needs texts on both sides, or tokens on both")
        if joint:
            source = target = Side.fit(list(chain(training.sources, targets)), options)
        else:
            source, target = Side.fit(training.sources, options), Side.fit(targets, options)
        longest = max(len(target.split(sequence)) for sequence in targets)
        return cls(source, target, len(training), longest)

    @property
    def joint(self) -> bool:
        return self.source is self.target

    def unknown(self, sequences: Iterable[Text]) -> tuple[int, int]:
        """How many of the sources' tokens are unknown, and how many there are."""
        numbers = [token for sequence in sequences for token in self.source.split(sequence)]
        return sum(token not in self.source.vocabulary for token in numbers), len(numbers)

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What JSON can hold; there are no arrays."""
        sides = {"source": self.source.state()} | ({} if self.joint else {"target": self.target.state()})
        return {"vocabulary": sides, "pairs": self.pairs, "longest": self.longest}, {}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], _: Mapping[str, NDArray[Any]]) -> Self:
        """The preparation whose `state()` this is."""
        sides = {name: Side.from_state(side) for name, side in state["vocabulary"].items()}
        source = sides["source"]
        return cls(source, sides.get("target", source), int(state["pairs"]), int(state["longest"]))


def _split(tokenizer: Tokenizer | None, sequence: Text) -> list[str]:
    if isinstance(sequence, str):
        return [] if tokenizer is None else tokenizer.split(sequence)
    return list(sequence)
