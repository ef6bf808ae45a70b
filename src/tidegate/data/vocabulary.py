"""Tokens to numbers and back; what the training part does not hold is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import ConfigurationError

PADDING, UNKNOWN = 0, 1
_ALWAYS = ("<pad>", "<unk>")


@dataclass(frozen=True)
class Vocabulary:
    """Numbered tokens: "<pad>" is 0, "<unk>" is 1, then the specials asked for, then tokens from frequent to rare.

    A token in the data that reads like a special one is taken for it, but never for padding, which no data hold.
    """

    tokens: tuple[str, ...]

    @classmethod
    def fit(
        cls,
        sequences: Iterable[Iterable[str]],
        *,
        min_count: int = 1,
        max_size: int | None = None,
        specials: Sequence[str] = (),
    ) -> Vocabulary:
        """The tokens that occur at least `min_count` times, the `max_size` most frequent (specials count among them).

        Equally frequent tokens stand in the order of their characters. Give the training part only.
        Raises ConfigurationError where `max_size` leaves no place beside the specials.
        """
        counts: Counter[str] = Counter()
        for sequence in sequences:
            counts.update(sequence)
        frequent = (token for token in counts if counts[token] >= min_count)
        return cls.of(sorted(frequent, key=lambda token: (-counts[token], token)), max_size=max_size, specials=specials)

    @classmethod
    def of(cls, tokens: Iterable[str], *, max_size: int | None = None, specials: Sequence[str] = ()) -> Vocabulary:
        """These tokens in this order after the specials, cut to `max_size`, specials among them."""
        first = (*_ALWAYS, *specials)
        if max_size is not None and max_size <= len(first):
            raise ConfigurationError(
                f"vocabulary_size={max_size}: {len(first)} places go to {', '.join(first)}; give more than that"
            )
        ordered = (*first, *(token for token in tokens if token not in first))
        return cls(ordered[:max_size])

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._numbers

    def number(self, token: str) -> int:
        """The token's number, that of "<unk>" where it is not known."""
        return self._numbers.get(token, UNKNOWN)

    def encode(self, tokens: Iterable[str]) -> NDArray[np.int64]:
        """Numbers [T] of T tokens."""
        numbers = self._numbers
        return np.fromiter((numbers.get(token, UNKNOWN) for token in tokens), dtype=np.int64)

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Tokens of numbers; padding is left out."""
        return [self.tokens[number] for number in numbers if number != PADDING]

    def state(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {"tokens": list(self.tokens)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Vocabulary:
        """The vocabulary whose `state()` this is. Raises ValueError for what is none."""
        tokens = tuple(state["tokens"])
        if tokens[:2] != _ALWAYS or len(set(tokens)) != len(tokens) or not all(isinstance(one, str) for one in tokens):
            raise ValueError("the vocabulary is not whole")
        return cls(tokens)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.tokens) if number != PADDING}
