"""Static features of series: numbers standardised, text as one column per word."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import DataError


@dataclass(frozen=True)
class Number:
    """A numeric feature, encoded as (value − mean) / scale; a missing one as 0."""

    name: str
    mean: float
    scale: float

    @property
    def feature_names(self) -> list[str]:
        return [self.name]

    def encode(self, value: str | None) -> list[float]:
        if value is None:
            return [0.0]
        number = _number(value)
        if number is None:
            raise DataError(f"static column '{self.name}': '{value}' is not a number, as all were in training")
        return [(number - self.mean) / self.scale]


@dataclass(frozen=True)
class Category:
    """A text feature, encoded as one column per word of the training part; a missing or unknown word as zeros."""

    name: str
    words: tuple[str, ...]

    @property
    def feature_names(self) -> list[str]:
        return [f"{self.name}={word}" for word in self.words]

    def encode(self, value: str | None) -> list[float]:
        return [float(value == word) for word in self.words]


@dataclass(frozen=True)
class StaticEncoder:
    """One feature per static column. A column of which every value met in training is a number is numeric."""

    features: tuple[Number | Category, ...]

    @classmethod
    def fit(cls, rows: Sequence[tuple[str | None, ...]], names: Sequence[str]) -> StaticEncoder:
        """`rows` holds the static values of each series of the training part, as written; `names` is the columns'."""
        return cls(tuple(_feature(name, [row[k] for row in rows]) for k, name in enumerate(names)))

    @property
    def feature_names(self) -> list[str]:
        """What the columns of `transform` are called: [F]."""
        return [name for feature in self.features for name in feature.feature_names]

    def transform(self, rows: Sequence[tuple[str | None, ...]]) -> NDArray[np.float64]:
        """[series] tuples → [series, F]. Raises DataError for text in a column that was numeric in training."""
        encoded = [
            [number for feature, value in zip(self.features, row, strict=True) for number in feature.encode(value)]
            for row in rows
        ]
        return np.array(encoded, dtype=np.float64).reshape(len(rows), len(self.feature_names))

    def state(self) -> list[dict[str, Any]]:
        """What JSON can hold."""
        return [asdict(feature) for feature in self.features]

    @classmethod
    def from_state(cls, state: Sequence[Mapping[str, Any]]) -> StaticEncoder:
        """The encoder whose `state()` this is."""
        return cls(
            tuple(Category(one["name"], tuple(one["words"])) if "words" in one else Number(**one) for one in state)
        )


def _feature(name: str, values: Sequence[str | None]) -> Number | Category:
    given = [value for value in values if value is not None]
    numbers = [number for number in map(_number, given) if number is not None]
    if len(numbers) < len(given):
        return Category(name, tuple(sorted(set(given))))
    return Number(name, float(np.mean(numbers)), float(np.std(numbers)) or 1.0) if numbers else Number(name, 0.0, 1.0)


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
