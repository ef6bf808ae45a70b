"""What an estimator of sequences learns from and what training leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from torch import nn

from tidegate.estimators.sequence_options import SequenceOptions
from tidegate.training.history import History


class Records(Protocol):
    """Examples of a task as they were given: nothing is padded, numbered or scaled yet."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed while reading, in sentences."""

    @property
    def names(self) -> Mapping[str, str]:
        """Which columns of a file played which part; the same are read when more files come. Empty without a file."""

    @property
    def summary(self) -> str:
        """How much there is, such as "20,050 texts, 18 classes"."""

    def __len__(self) -> int: ...

    def take(self, rows: NDArray[np.int64], /) -> Self:
        """Some of them, in this order."""

    def fingerprint(self) -> dict[str, str | int]:
        """What identifies the data without holding them: "sha256" and counts."""


class Preparation(Protocol):
    """What was fitted on the training part and is done to all data: vocabularies, scalers, classes."""

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What JSON can hold, and arrays by name. What stands under "vocabulary" gets its own place in the file."""

    @classmethod
    def from_state(cls, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], /) -> Self:
        """The preparation whose `state()` this is. Raises LookupError, TypeError or ValueError for what is none."""


class Assessment(Protocol):
    """Predictions beside the truth: what `evaluate` and the report tell of."""

    @property
    def metrics(self) -> dict[str, float]:
        """Scores by the field's names, such as "accuracy", the most telling first."""


OptionsT = TypeVar("OptionsT", bound=SequenceOptions)
PreparationT = TypeVar("PreparationT", bound=Preparation)
RecordsT = TypeVar("RecordsT", bound=Records)


@dataclass(frozen=True)
class FittedSequence(Generic[OptionsT, PreparationT]):
    """What `fit` leaves behind; options are those it was fitted with."""

    options: OptionsT
    preparation: PreparationT
    network: nn.Module
    history: History
    names: Mapping[str, str]
    notes: tuple[str, ...]
    fingerprint: Mapping[str, Any]
