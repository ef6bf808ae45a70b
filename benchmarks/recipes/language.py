"""What the recipes of language models do alike: train with each seed, score, write a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.recipes.arguments import Arguments
from benchmarks.recipes.figures import Clock, over_seeds, parts_over_seeds
from tidegate import LanguageModel
from tidegate.training.progress import Lines


@dataclass(frozen=True)
class Texts:
    """Learnt, watched and scored: paths or corpora."""

    train: Any
    valid: Any
    test: Any


def language_figures(texts: Texts, usual: Mapping[str, Any], arguments: Arguments, **sample: Any) -> dict[str, Any]:
    """Scores of each seed, and a `sample` by the last model, as `LanguageModel.generate` takes its arguments."""
    options, clock, models, runs = {**usual, **arguments.options}, Clock(), [], []
    for seed in arguments.seeds:
        models.append(LanguageModel(**options, seed=seed))
        runs.append(_run(models[-1], texts))
    seconds = clock.seconds(len(runs))
    last = models[-1]
    return {
        "options": {name: value for name, value in last.get_params().items() if name != "seed"},
        "seeds": arguments.seeds,
        "weights": sum(weight.numel() for weight in last.fitted.network.parameters()),
        "seconds_per_run": seconds,
        **over_seeds([{"best_epoch": model.history_.best + 1} for model in models]),
        **parts_over_seeds(runs),
        "sample": last.generate(**sample),
    }


def _run(model: LanguageModel, texts: Texts) -> dict[str, dict[str, float]]:
    training = Clock()
    model.fit(texts.train, valid=texts.valid, reporter=Lines())
    figures, scoring = {"training_seconds": training.seconds(), "validation": model.evaluate(texts.valid)}, Clock()
    return figures | {"test": model.evaluate(texts.test), "test_seconds": scoring.seconds()}
