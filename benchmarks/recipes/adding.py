"""The adding problem: of 600 random numbers add the two that are marked (Hochreiter & Schmidhuber 1997).

    python -m benchmarks.recipes.adding [steps=600] [key=value …] [--seed N] [--seeds COUNT]

Data are made here: numbers from 0 to 1, one marked in each half. The score is the mean squared error on 2,000 series
never seen; telling 1 each time gives 0.167. Further words are options of `tidegate.SequenceRegressor`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import Clock, over_seeds
from tidegate import SequenceRegressor
from tidegate.training.progress import Lines

OPTIONS: dict[str, Any] = {
    "hidden_size": 32,
    "batch_size": 32,
    "learning_rate": 3e-3,
    "initialisation": ["orthogonal"],
    "epochs": 10,
    "schedule": "cosine",
    "patience": None,
}
EXAMPLES = {"training": 20_000, "validation": 1000, "test": 2000}


def adding(count: int, steps: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Series [count, steps, 2] of numbers and marks, and sums [count]."""
    source = np.random.default_rng(seed)
    series = np.zeros((count, steps, 2))
    series[:, :, 0] = source.random((count, steps))
    half, rows = steps // 2, np.arange(count)
    series[rows, source.integers(0, half, count), 1] = 1
    series[rows, source.integers(half, steps, count), 1] = 1
    return series, series.prod(axis=2).sum(axis=1)


def main(*words: str) -> None:
    arguments = read_arguments(["", *words])
    steps = arguments.take_count("steps", 600, least=2)
    examples = arguments.take_count("examples", EXAMPLES["training"], least=1)
    options = OPTIONS | arguments.options
    clock, runs = Clock(), []
    for seed in arguments.seeds:
        training, watched, scored = (
            adding(count, steps, 3 * seed + part)
            for part, count in enumerate((examples, EXAMPLES["validation"], EXAMPLES["test"]))
        )
        regressor = SequenceRegressor(**options, seed=seed).fit(*training, valid=watched, reporter=Lines())
        runs.append(regressor.evaluate(*scored))
    seconds = clock.seconds(len(runs))
    figures = {"options": options, "steps": steps, "examples": examples, "seeds": arguments.seeds}
    print(json.dumps(figures | {"seconds_per_run": seconds, "test": over_seeds(runs)}))


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
