from __future__ import annotations

import math
from typing import Any

import pytest

from tidegate.training.history import Epoch, History
from tidegate.training.schedule import learning_rate
from tidegate.training.settings import TrainingSettings


def rate(progress: float, history: History | None = None, **settings: Any) -> float:
    return learning_rate(TrainingSettings(learning_rate=0.4, **settings), progress, history or History())


@pytest.mark.parametrize(
    ("settings", "progress", "expected"),
    [
        ({}, 0.9, 0.4),
        ({"warmup": 0.2}, 0.05, 0.1),
        ({"warmup": 0.2}, 0.2, 0.4),
        ({"warmup": 0.2}, 0.7, 0.4),
        ({"schedule": "cosine"}, 0.0, 0.4),
        ({"schedule": "cosine"}, 1 / 3, 0.3),
        ({"schedule": "cosine"}, 0.5, 0.2),
        ({"schedule": "cosine"}, 1.0, 0.0),
        ({"schedule": "cosine", "warmup": 0.5}, 0.25, 0.2),
        ({"schedule": "cosine", "warmup": 0.5}, 0.5, 0.4),
        ({"schedule": "cosine", "warmup": 0.5}, 0.75, 0.2),
    ],
)
def test_rates_by_hand(settings: dict[str, Any], progress: float, expected: float) -> None:
    # Relative to the rate itself; the absolute bound is for the cosine's zero, which π in float64 misses by 1e-16.
    assert math.isclose(rate(progress, **settings), expected, rel_tol=1e-12, abs_tol=1e-15)


def test_a_plateau_halves_the_rate_each_time() -> None:
    history = History([Epoch({"loss": 1.0}, {"loss": loss}, 0.4, 1.0) for loss in (2.0, 3.0, 3.0, 3.0, 3.0)])
    assert rate(0.5, history, schedule="plateau", plateau_patience=2) == 0.1
    assert rate(0.5, history, schedule="plateau", plateau_patience=4) == 0.2
    assert rate(0.5, history, schedule="plateau") == 0.4
