"""Numbers to be predicted, brought to mean 0 and standard deviation 1, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.classes import required
from tidegate.data.labelled import Labelled
from tidegate.errors import DataError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TargetScale:
    """Mean and standard deviation of the targets of the training part; their range, if squares are too small for it."""

    mean: float
    spread: float

    @classmethod
    def fit(cls, records: Labelled) -> TargetScale:
        """Raises DataError where all targets are the same: there is nothing to learn."""
        targets = numbers_of(records)
        if not targets.max() > targets.min():  # a standard deviation of equal numbers may be rounding, above zero
            found = f"all {len(targets):,} targets" if len(targets) > 1 else "the only target"
            raise DataError(
                f"{records.place_of_label(0)}: {found} learnt from: {targets[0]:g}; a regressor needs different ones "
                "(validation=0 holds none back)"
            )
        return cls(float(targets.mean()), float(targets.std() or np.ptp(targets)))

    def scaled(self, targets: Array) -> Array:
        return (targets - self.mean) / self.spread

    def unscaled(self, targets: Array) -> Array:
        return targets * self.spread + self.mean

    def state(self) -> dict[str, Any]:
        """What JSON can hold."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> TargetScale:
        """The scale whose `state()` this is."""
        return cls(state["mean"], state["spread"])


def numbers_of(records: Labelled) -> Array:
    """The targets as numbers [N]. Raises DataError naming the first that is none, or not finite."""
    numbers = []
    for row, target in enumerate(required(records)):
        try:
            number = float(target)
        except ValueError as error:
            raise DataError(
                f"{records.place_of_label(row)}: the target {target!r} is not a number; for classes take a classifier"
            ) from error
        if not math.isfinite(number):
            raise DataError(f"{records.place_of_label(row)}: the target {target!r} is not finite")
        numbers.append(number)
    return np.array(numbers)
