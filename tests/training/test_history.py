from __future__ import annotations

import pytest

from tidegate.training.history import Epoch, History


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


def test_without_validation_the_training_loss_is_watched() -> None:
    assert history(3, 2, 5, valid=False).best == 2


@pytest.mark.parametrize(
    ("losses", "found"),
    [([], 0), ([3, 3], 0), ([3, 3, 3], 1), ([3, 4, 5, 4, 3], 2), ([3, 4, 2, 4, 2, 1], 1), ([3, 2, 1], 0)],
)
def test_plateaus_are_counted(losses: list[float], found: int) -> None:
    assert history(*losses).plateaus(2) == found
