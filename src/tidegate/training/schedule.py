"""The learning rate at each step, a function of settings, progress and history alone."""

from __future__ import annotations

import math

from tidegate.training.history import History
from tidegate.training.settings import TrainingSettings


def learning_rate(settings: TrainingSettings, progress: float, history: History) -> float:
    """The rate at `progress`, the share of the whole training (0 … 1) done at the middle of the current batch."""
    return settings.learning_rate * _warmup(settings, progress) * _decay(settings, progress, history)


def _warmup(settings: TrainingSettings, progress: float) -> float:
    return min(1.0, progress / settings.warmup) if settings.warmup else 1.0


def _decay(settings: TrainingSettings, progress: float, history: History) -> float:
    match settings.schedule:
        case "constant":
            return 1.0
        case "cosine":
            after_warmup = max(0.0, (progress - settings.warmup) / (1 - settings.warmup))
            return 0.5 * (1 + math.cos(math.pi * after_warmup))
        case "plateau":
            return 0.5 ** history.plateaus(settings.plateau_patience)
