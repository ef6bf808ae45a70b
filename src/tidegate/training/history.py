"""What happened in each epoch: losses, metrics, learning rate, seconds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace

from pydantic import TypeAdapter

from tidegate.data.counted import counted


@dataclass(frozen=True)
class Epoch:
    """Means over one epoch. `train` and `valid` hold "loss" and the objective's metrics; `valid` is None without data.

    `train` is measured while the weights move and dropout is on; `valid` afterwards, with dropout off.
    """

    train: dict[str, float]
    valid: dict[str, float] | None
    learning_rate: float
    seconds: float

    @property
    def watched(self) -> float:
        """The loss that decides which epoch is best: the validation loss, or without validation the training loss."""
        return (self.train if self.valid is None else self.valid)["loss"]


_EPOCHS = TypeAdapter(list[Epoch])


@dataclass
class History:
    """All epochs so far, in order. Which one is best, and for how long it has been, follows from them."""

    epochs: list[Epoch] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.epochs)

    @property
    def best(self) -> int:
        """Index of the epoch whose weights are kept, −1 before any: of the least validation loss, the first of equals;
        without validation the last.
        """
        last = len(self.epochs) - 1
        if last < 0 or self.epochs[last].valid is None:
            return last
        return min(range(len(self.epochs)), key=lambda place: self.epochs[place].watched)

    @property
    def summary(self) -> str:
        """How many epochs there were, and whose weights are kept."""
        return f"{counted(len(self), 'epoch')}, the weights of epoch {self.best + 1} kept"

    @property
    def since_best(self) -> int:
        """Epochs in a row, up to now, that were no better than the best."""
        return len(self.epochs) - 1 - self.best if self.epochs else 0

    def plateaus(self, patience: int) -> int:
        """How often `patience` epochs went by without improvement; the waiting starts anew after each."""
        best, waited, found = float("inf"), 0, 0
        for epoch in self.epochs:
            waited = 0 if epoch.watched < best else waited + 1
            best = min(best, epoch.watched)
            if waited == patience:
                found, waited = found + 1, 0
        return found

    def to_json(self) -> str:
        return json.dumps([asdict(epoch) for epoch in self.epochs], allow_nan=False, sort_keys=True)

    def without_clock(self) -> History:
        """The same but for the seconds, which are 0: what two equal trainings agree in."""
        return History([replace(epoch, seconds=0.0) for epoch in self.epochs])

    @classmethod
    def from_json(cls, text: str) -> History:
        """What `to_json` gave. Raises ValueError for any other text."""
        return cls(_EPOCHS.validate_json(text, strict=True))
