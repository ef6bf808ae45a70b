"""What the reports of a language model and of a model of music tell beside the usual."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.cli.fit_task import Scored
from tidegate.report.charts import learning_chart
from tidegate.report.facts import LearningCurves
from tidegate.report.task_facts import Section, Table
from tidegate.training.history import History

_MOST = 700.0  # e to more than that is more than a float can hold
_SAMPLE, _WORDS_IN_SAMPLE = 400, 80
_TEMPERATURES = (0.5, 0.8, 1.0)


def language_sections(estimator: Any, scored: Scored) -> list[Section]:  # noqa: ARG001 - every task's sections take both
    """Perplexity by epoch, and what the model writes of its own."""
    length = _SAMPLE if estimator.fitted.options.tokenizer == "characters" else _WORDS_IN_SAMPLE
    samples = [estimator.generate(length=length, temperature=warmth) for warmth in _TEMPERATURES]
    shown = [f"temperature {warmth:g}\n\n{text}" for warmth, text in zip(_TEMPERATURES, samples, strict=True)]
    return [
        Section(
            "Perplexity", "e to the mean loss of a token.", charts=[learning_chart(perplexities(estimator.history_))]
        ),
        Section("Samples", f"What the model writes of its own, {length} tokens each, seed 0.", samples=shown),
    ]


def polyphony_sections(estimator: Any, scored: Scored) -> list[Section]:
    """How much sounds at once in the music given, and in what the model plays."""
    given = np.concatenate(scored.records.rolls).sum(axis=1)
    played = estimator.generate(length=256).sum(axis=1)
    rows: list[list[str | float]] = [
        [f"{scored.part} data", float(given.mean()), float(given.std())],
        ["256 frames of its own, seed 0", float(played.mean()), float(played.std())],
    ]
    return [Section("Notes at once", tables=[Table("Notes at once", ["frames", "mean", "deviation"], rows)])]


def perplexities(history: History) -> LearningCurves:
    """Of training and, where something was watched, of validation."""
    valid = [epoch.valid["loss"] for epoch in history.epochs if epoch.valid is not None]
    return LearningCurves(
        train=_perplexity([epoch.train["loss"] for epoch in history.epochs]),
        valid=_perplexity(valid) if valid else None,
        best_epoch=history.best + 1,
        loss="perplexity",
    )


def _perplexity(losses: list[float]) -> Any:
    return np.exp(np.minimum(losses, _MOST))
