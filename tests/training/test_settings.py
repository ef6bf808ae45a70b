from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.training.settings import TrainingSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"weight_decay": -1.0},
        {"clip_norm": 0.0},
        {"schedule": "step"},
        {"warmup": 1.0},
        {"patience": 0},
        {"seed": -1},
        {"precision": "16-mixed"},
        {"checkpoint_seconds": -1.0},
        {"momentum": 0.9},
    ],
)
def test_impossible_settings_are_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        TrainingSettings(**wrong)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        TrainingSettings().epochs = 3


def test_gradients_are_clipped_at_one_unless_told_otherwise() -> None:
    assert TrainingSettings().clip_norm == 1.0
