"""What the reports of a language model and of a model of music tell beside the usual."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from tidegate.cli.gate_report import gate_sections
from tidegate.cli.task_run import Scored
from tidegate.data.corpus import Corpus
from tidegate.data.piano_roll import LOWEST
from tidegate.report.charts import NARROW, WIDE, learning_chart
from tidegate.report.facts import LearningCurves
from tidegate.report.page import twice
from tidegate.report.piano_roll import roll_chart
from tidegate.report.svg import Drawn
from tidegate.report.task_facts import Section, Table
from tidegate.training.history import History

_MOST = 700.0  # e to more than that is more than a float can hold
_SAMPLE, _WORDS_IN_SAMPLE = 400, 80
_BEGINNING = 45  # characters
_TEMPERATURES = (0.5, 0.8, 1.0)


def language_sections(estimator: Any, scored: Scored) -> list[Section]:
    """Perplexity by epoch, what the model writes of its own, and the gates."""
    length = _SAMPLE if estimator.fitted.options.tokenizer == "characters" else _WORDS_IN_SAMPLE
    samples = [estimator.generate(length=length, temperature=warmth) for warmth in _TEMPERATURES]
    shown = [f"temperature {warmth:g}\n\n{text}" for warmth, text in zip(_TEMPERATURES, samples, strict=True)]
    return [
        Section(
            "Perplexity",
            "e to the mean loss of a token.",
            charts=[twice(learning_chart, perplexities(estimator.history_))],
        ),
        Section("Samples", f"What the model writes of its own, {length} tokens each, seed 0.", samples=shown),
        *_gates(estimator, scored),
    ]


def _gates(estimator: Any, scored: Scored) -> list[Section]:
    """Over the beginning of the text: each step reads the token before the one it foretells."""
    coding, beginning = estimator.fitted.preparation, Corpus(scored.records.text[:_BEGINNING])
    tokens = [coding.first, *coding.encode_lines(beginning.text).tolist()[:-1]]
    names = [coding.decode([token]).replace("\n", "↵").strip() or "␣" for token in tokens]
    told = f"the beginning of {scored.part} data"
    return gate_sections(estimator.fitted.network.encoder, partial(estimator.assess, beginning), names, told)


def polyphony_sections(estimator: Any, scored: Scored) -> list[Section]:
    """A piece beside what the model held likely, how much sounds at once in it and in what the model plays; gates."""
    given = np.concatenate(scored.records.rolls).sum(axis=1)
    played = estimator.generate(length=256).sum(axis=1)
    rows: list[list[str | float]] = [
        [f"{scored.part} data", float(given.mean()), float(given.std())],
        ["256 frames of its own, seed 0", float(played.mean()), float(played.std())],
    ]
    first = scored.records.take(np.arange(1))
    told = f"the first piece of {scored.part} data"
    return [
        Section("Piano roll", f"The beginning of {told}.", charts=[_piano_roll(estimator, first.rolls[0])]),
        Section("Notes at once", tables=[Table("Notes at once", ["frames", "mean", "deviation"], rows)]),
        *gate_sections(
            estimator.fitted.network.encoder, partial(estimator.fitted.network, _heard(first.rolls[0]), None), (), told
        ),
    ]


def _piano_roll(estimator: Any, roll: Any) -> Drawn:
    with torch.no_grad():
        logits, _ = estimator.fitted.network(_heard(roll), None)
    told = (roll, logits[0].sigmoid().double().numpy())
    return Drawn(*(roll_chart(*told, LOWEST, size) for size in (WIDE, NARROW)))


def _heard(roll: Any) -> torch.Tensor:
    """What the network reads to tell each frame [1, T, K]: the one before, first of all silence."""
    return functional.pad(torch.from_numpy(roll[:-1].astype(np.float32)), (0, 0, 1, 0)).unsqueeze(0)


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
