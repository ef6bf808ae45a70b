"""Labels as numbers, and back; and how much each class is to weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tidegate.data.labelled import Label, Labelled
from tidegate.errors import ConfigurationError, DataError

ClassWeight = Literal["balanced"] | Mapping[str, float] | None
_MOST_NAMED = 10


@dataclass(frozen=True)
class Classes:
    """The labels that occur in training, in order."""

    labels: tuple[Label, ...]

    @classmethod
    def fit(cls, records: Labelled) -> Classes:
        """Raises DataError for labels that are missing, that have no order among them, or that are all one."""
        targets = required(records)
        kinds = {type(target) for target in targets}
        if len(kinds) > 1:
            names = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise DataError(f"labels are of several kinds ({names}); give all as text or all as whole numbers")
        labels = tuple(sorted(set(targets)))
        if len(labels) < 2:
            found = f"all {len(targets):,} examples have" if len(targets) > 1 else "the only example has"
            raise DataError(
                f"{records.place_of_label(0)}: {found} the label {labels[0]!r}; a classifier needs two classes"
            )
        return cls(labels)

    def __len__(self) -> int:
        return len(self.labels)

    def encode(self, records: Labelled) -> NDArray[np.int64]:
        """A number for each label [N]. Raises DataError naming the first that training has not met."""
        numbers = np.empty(len(records), dtype=np.int64)
        for row, target in enumerate(required(records)):
            found = self._numbers.get(target, self._by_text.get(target) if isinstance(target, str) else None)
            if found is None:
                place = records.place_of_label(row)
                raise DataError(f"{place}: class {target!r} does not occur in training; known are {self._named}")
            numbers[row] = found
        return numbers

    def decode(self, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Labels [N] of numbers [N]."""
        return self.array[numbers]

    @property
    def array(self) -> NDArray[Any]:
        """The labels [C] as an array of their kind."""
        return np.array(self.labels)

    @property
    def names(self) -> list[str]:
        return [str(label) for label in self.labels]

    def weights(self, wanted: ClassWeight, counts: NDArray[np.int64]) -> tuple[float, ...] | None:
        """How much each class weighs, 1 on average over the examples, of which there are `counts` [C].

        "balanced": each class as much as every other. Raises ConfigurationError for a class that is not there.
        """
        if wanted is None:
            return None
        if wanted == "balanced":
            chosen = np.divide(1.0, counts, out=np.zeros(len(self)), where=counts > 0)
        else:
            chosen = self._chosen(wanted)
        return tuple((chosen * (counts.sum() / (chosen @ counts))).tolist())

    def state(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {"labels": list(self.labels)}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Classes:
        """The classes whose `state()` this is. Raises ValueError for what is none."""
        if len(state["labels"]) < 2:
            raise ValueError("the classes are not whole")
        return cls(tuple(state["labels"]))

    def _chosen(self, wanted: Mapping[str, float]) -> NDArray[np.float64]:
        unknown = [name for name in wanted if str(name) not in self._by_text]
        if unknown:
            raise ConfigurationError(f"class_weight: there is no class '{unknown[0]}'; there are {self._named}")
        given = {str(name): weight for name, weight in wanted.items()}
        return np.array([given.get(name, 1.0) for name in self.names])

    @property
    def _named(self) -> str:
        more = f" and {len(self) - _MOST_NAMED} more" if len(self) > _MOST_NAMED else ""
        return ", ".join(self.names[:_MOST_NAMED]) + more

    @cached_property
    def _numbers(self) -> dict[Label, int]:
        return {label: number for number, label in enumerate(self.labels)}

    @cached_property
    def _by_text(self) -> dict[str, int]:
        """A file's labels are text, whatever they were in training."""
        return {name: number for number, name in enumerate(self.names)}


def required(records: Labelled) -> Sequence[Label]:
    """The targets. Raises DataError where there are none, or one is missing."""
    if records.targets is None:
        raise DataError("the examples have no targets; give a y, or a file with labels")
    for row, target in enumerate(records.targets):
        if target is None or target == "" or (isinstance(target, float) and np.isnan(target)):
            raise DataError(f"{records.place_of_label(row)}: the label is missing; fill it in or leave the row out")
    return records.targets
