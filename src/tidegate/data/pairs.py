"""Pairs of sequences, a source and its target: texts, or lists of tokens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from tidegate.data.counted import counted
from tidegate.errors import DataError

Side = Literal["source", "target"]
Text = str | tuple[str, ...]  # a raw text, or its tokens


@dataclass(frozen=True)
class Pairs:
    """Sources and their targets, none of them empty; a side is all texts or all tokens.

    targets: as many as sources, or None where they are not known. places: where each pair came from, for messages.
    names: which columns of a file, or which ending beside the source's, hold the sides; empty without a file.
    """

    sources: tuple[Text, ...]
    targets: tuple[Text, ...] | None
    places: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_filled(self.sources, self.places, "source")
        if self.targets is not None:
            require_filled(self.targets, self.places, "target")

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def summary(self) -> str:
        """How many there are."""
        return counted(len(self), "source" if self.targets is None else "pair")

    def take(self, rows: NDArray[np.int64], /) -> Self:
        """Some of the pairs, in this order."""
        targets = None if self.targets is None else tuple(self.targets[row] for row in rows)
        sources, places = (tuple(part[row] for row in rows) for part in (self.sources, self.places))
        return replace(self, sources=sources, targets=targets, places=places)

    def fingerprint(self) -> dict[str, str | int]:
        """A digest of all sources and targets, and how many there are."""
        digest = hashlib.sha256()
        for source, target in zip(self.sources, self.targets or [()] * len(self), strict=True):
            digest.update(json.dumps([source, target]).encode())
        return {"sha256": digest.hexdigest(), "pairs": len(self)}

    def required_targets(self) -> tuple[Text, ...]:
        """Raises DataError where there is nothing to learn from or to compare with."""
        if self.targets is None:
            raise DataError("the sources have no targets; give a file with both, or the targets as y")
        return self.targets


def from_lists(sources: Any, targets: Any = None) -> Pairs:
    """Pairs from a list of texts, or of token lists, and one of targets alike.

    Raises DataError, naming the side and the position (from 0), for lists of unequal length, for what is empty, and for
    what is neither text nor a list of texts.
    """
    read = _sequences(sources, "X")
    answers = None if targets is None else _sequences(targets, "y")
    if answers is not None and len(answers) != len(read):
        found = f"X has {counted(len(read), 'source')} and y {counted(len(answers), 'target')}"
        raise DataError(f"{found}; give each source its target")
    return Pairs(read, answers, tuple(f"pair {place}" for place in range(len(read))))


def is_text(side: Sequence[Text]) -> bool:
    """Whether this side is raw text, not tokens."""
    return isinstance(side[0], str)


def _sequences(given: Any, name: str) -> tuple[Text, ...]:
    if isinstance(given, str | bytes) or not (isinstance(given, Sequence) or hasattr(given, "__array__")):
        raise DataError(f"{name}: {given!r:.60} is not a list of texts or of token lists")
    return tuple(_sequence(value, f"{name}[{place}]") for place, value in enumerate(given))


def _sequence(value: Any, place: str) -> Text:
    if isinstance(value, str):
        return str(value)
    if not isinstance(value, Sequence) and not hasattr(value, "__array__"):
        raise DataError(f"{place}: {value!r:.60} is neither a text nor a list of tokens")
    tokens = tuple(value)
    for position, token in enumerate(tokens):
        if not isinstance(token, str) or not token:
            raise DataError(f"{place}, token {position}: {token!r:.60} is not a token; give text that is not empty")
    return tuple(map(str, tokens))


def require_filled(side: Sequence[Text], places: Sequence[str], name: Side) -> None:
    """Raises DataError, naming the place, for a text or list that is empty, and for texts among lists."""
    if not side:
        raise DataError(f"there are no {name}s; give one or more")
    text = is_text(side)
    for value, place in zip(side, places, strict=True):
        if isinstance(value, str) != text:
            kinds = ("a list of tokens", "texts") if text else ("a text", "lists of tokens")
            raise DataError(f"{place}: the {name} is {kinds[0]}, those before are {kinds[1]}; give all alike")
        if not (value.strip() if isinstance(value, str) else value):
            raise DataError(f"{place}: the {name} is empty; fill it, or take the pair out")
