"""Batches that continue one another: what one leaves behind is given to the next."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn

from tidegate.training.objective import Loss, Objective

Carried = tuple[Tensor, ...]


@runtime_checkable
class CarryingObjective(Protocol):
    """Like an Objective, but `carry` is also given what it returned for the batch before: `()` for the first one.

    What it returns is cut off from the graph (truncated back-propagation through time) and is kept in checkpoints. It
    is forgotten where an epoch begins. The examples must cut their batches in order (`Continuing`).
    """

    def carry(self, model: nn.Module, batch: Any, carried: Carried, /) -> tuple[Loss, Carried]: ...


AnyObjective = Objective | CarryingObjective


def next_loss(objective: AnyObjective, model: nn.Module, batch: Any, carried: Carried) -> tuple[Loss, Carried]:
    """The loss of a batch, and what goes on to the next."""
    if isinstance(objective, CarryingObjective):
        return objective.carry(model, batch, carried)
    return objective(model, batch), ()
