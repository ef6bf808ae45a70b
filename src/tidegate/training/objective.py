"""What training makes small: a sum over terms and their number, so that averages over uneven batches are exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor, nn

from tidegate.errors import DataError


@dataclass(frozen=True)
class Loss:
    """The loss of one batch: `total` is the sum over `count` terms, `sums` the sums of metrics over the same terms."""

    total: Tensor
    count: int
    sums: Mapping[str, float] = field(default_factory=dict)


class Objective(Protocol):
    """Runs the network on a batch and tells how wrong it was. It keeps nothing from batch to batch."""

    def __call__(self, model: nn.Module, batch: Any, /) -> Loss: ...


class Criterion(Protocol):
    """Compares predictions with targets; `lengths` [B] tells how many steps of each target are real."""

    def __call__(self, predictions: Tensor, targets: Tensor, lengths: Tensor | None, /) -> Loss: ...


def forward(model: nn.Module, batch: Any) -> Any:
    """`model(batch.inputs)`, with `lengths=batch.lengths` where the batch has them."""
    lengths = getattr(batch, "lengths", None)
    return model(batch.inputs) if lengths is None else model(batch.inputs, lengths=lengths)


@dataclass(frozen=True)
class Supervised:
    """The usual objective: `criterion` of the network's predictions against `batch.targets`.

    `predict` says how a batch goes through the network, where that is not simply `forward`; `watched` is the criterion
    of what is not learnt from, where that is another.
    """

    criterion: Criterion
    predict: Callable[[nn.Module, Any], Tensor] = forward
    watched: Criterion | None = None

    def __call__(self, model: nn.Module, batch: Any, /) -> Loss:
        criterion = self.criterion if model.training else self.watched or self.criterion
        return criterion(self.predict(model, batch), batch.targets, getattr(batch, "lengths", None))


@dataclass
class Averages:
    """Running sums over batches: means are over terms, whatever the sizes of the batches."""

    count: int = 0
    sums: dict[str, float] = field(default_factory=dict)

    def add(self, loss: Loss, total: float) -> None:
        """Adds one batch, whose `loss.total` is the number `total`."""
        self.count += loss.count
        for name, value in {"loss": total, **loss.sums}.items():
            self.sums[name] = self.sums.get(name, 0.0) + value

    def means(self) -> dict[str, float]:
        if self.count == 0:
            raise DataError("no target to learn from or compare with: all are missing; give data with observed targets")
        return {name: value / self.count for name, value in self.sums.items()}
