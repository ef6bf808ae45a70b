"""A noisy sine, the exercise of every course: 1,000 points, the first 800 learnt from, the last 200 told.

    python -m benchmarks.recipes.sine [key=value …] [--seed N] [--seeds COUNT]

Data are made here, min–max scaled by the training part alone and cut into windows of 50; two layers of 50 units read
them. `one_step` tells each of the last 200 points from all before it, `fed_back` all of them at once, each prediction
the next step's input; both beside the naive forecasts. Who knew the clean sine would still be off by `noise`. The guide
docs/guides/sine.md draws truth and prediction. Further words are options of `tidegate.Forecaster`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import Clock, over_seeds, parts_over_seeds
from tidegate import Forecaster
from tidegate.estimators.forecasting.backtest import Backtest
from tidegate.training.progress import Lines

POINTS, LEARNT, PERIOD = 1000, 800, 50
OPTIONS: dict[str, Any] = {
    "hidden_size": 50,
    "num_layers": 2,
    "window": 50,
    "scaler": "minmax",
    "anchor": "none",
    "season_length": PERIOD,
    "validation": 0.2,
    "epochs": 40,
    "batch_size": 32,
    "horizon": 1,
}


def noisy_sine(seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sine [POINTS] of amplitude 1, and the same with normal noise of deviation 0.1."""
    clean = np.sin(2 * np.pi * np.arange(POINTS) / PERIOD)
    return clean, clean + np.random.default_rng(seed).normal(0, 0.1, POINTS)


def main(*words: str) -> None:
    arguments = read_arguments(["", *words])
    options = OPTIONS | arguments.options
    clock = Clock()
    runs = [_run({**options, "seed": seed}) for seed in arguments.seeds]
    figures = {
        "options": options,
        "seeds": arguments.seeds,
        "seconds_per_run": clock.seconds(len(runs)),
        "mae": parts_over_seeds(runs),
        "noise": over_seeds([_noise(seed) for seed in arguments.seeds]),
    }
    print(json.dumps(figures, indent=1))


def _run(options: dict[str, Any]) -> dict[str, dict[str, float]]:
    frame = pl.DataFrame({"step": np.arange(POINTS), "value": noisy_sine(options["seed"])[1]})
    forecaster = Forecaster(**options).fit(frame.head(LEARNT), reporter=Lines())
    told = POINTS - LEARNT
    return {
        "one_step": _errors(forecaster.evaluate(frame, h=1, windows=told)),
        "fed_back": _errors(forecaster.evaluate(frame, h=told)),
    }


def _errors(backtest: Backtest) -> dict[str, float]:
    return {name: scores.mae for name, scores in backtest.scores.items()}


def _noise(seed: int) -> dict[str, float]:
    clean, noisy = noisy_sine(seed)
    return {"mae": float(np.abs(noisy - clean)[LEARNT:].mean())}


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
