from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from torch import nn

from tidegate.errors import TrainingInterrupted
from tidegate.training.history import Epoch, History
from tidegate.training.loop import train
from tidegate.training.objective import Loss


def history(*losses: float, valid: bool = True) -> History:
    return History([Epoch({"loss": 9 - x}, {"loss": x} if valid else None, 0.1, 1.0) for x in losses])


def test_it_survives_json_exactly() -> None:
    whole = History([Epoch({"loss": 0.1 + 0.2, "accuracy": 1 / 3}, {"loss": 1e-300}, 3e-4, 0.5), Epoch({}, None, 1, 0)])
    assert History.from_json(whole.to_json()) == whole
    assert History.from_json(History().to_json()) == History()


@pytest.mark.parametrize(
    ("losses", "best", "since"),
    [([], -1, 0), ([3.0], 0, 0), ([3, 2, 2, 4], 1, 2), ([3, 4, 1], 2, 0)],
)
def test_the_best_epoch_is_the_first_of_the_least_loss(losses: list[float], best: int, since: int) -> None:
    assert (history(*losses).best, history(*losses).since_best) == (best, since)


def test_without_validation_the_last_epoch_is_kept() -> None:
    assert history(3, 1, 2, 5, valid=False).best == 3
    assert history(3, 1, 2, valid=False).summary == "3 epochs, the weights of epoch 3 kept"
    assert history(3, 1, 2).summary == "3 epochs, the weights of epoch 2 kept"


@pytest.mark.parametrize(
    ("losses", "found"),
    [([], 0), ([3, 3], 0), ([3, 3, 3], 1), ([3, 4, 5, 4, 3], 2), ([3, 4, 2, 4, 2, 1], 1), ([3, 2, 1], 0)],
)
def test_plateaus_are_counted(losses: list[float], found: int) -> None:
    assert history(*losses).plateaus(2) == found


class WithMetric:
    """An objective with a metric whose name stands before "loss" in the alphabet."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __repr__(self) -> str:
        return "with metric"

    def __call__(self, model: nn.Module, batch: Any, /) -> Loss:
        loss = self.inner(model, batch)
        return Loss(loss.total, loss.count, {"accuracy": 0.5 * loss.count})


def test_resumed_amid_an_epoch_it_is_the_same_text(small: ModuleType, tmp_path: Path) -> None:
    def trained(**options: Any) -> str:
        objective = WithMetric(small.OBJECTIVE)
        history = train(small.model(), objective, small.TRAIN, small.VALID, small.settings(epochs=2), **options)
        return history.without_clock().to_json()

    with pytest.raises(TrainingInterrupted):
        trained(directory=tmp_path, reporter=small.Interrupting(3))
    assert trained(directory=tmp_path, resume=True) == trained()


@pytest.mark.parametrize("text", ["", "{}", "[{}]", '[{"train": 3, "valid": null, "learning_rate": 1, "seconds": 1}]'])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        History.from_json(text)
