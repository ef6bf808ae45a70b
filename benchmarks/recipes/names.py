"""Surnames of 18 nationalities by their characters: macro-F1 on a tenth of each class (Robertson 2017, a tutorial).

    python -m benchmarks.recipes.names FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds a file for each class, a name in each line. Of each class 80 % are learnt, 10 % watched and 10 % scored;
the split is by seed 0 whatever the training's. Further words are options of `tidegate.SequenceClassifier`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import Clock, over_seeds
from tidegate import SequenceClassifier
from tidegate.data.classes import Classes
from tidegate.data.labelled import Labelled
from tidegate.training.progress import Lines

OPTIONS: dict[str, Any] = {
    "tokenizer": "characters",
    "embedding_size": 64,
    "hidden_size": 128,
    "bidirectional": True,
    "num_layers": 2,
    "dropout": 0.3,
    "output_dropout": 0.3,
    "word_dropout": 0.05,
    "pooling": "max",
    "batch_size": 64,
    "epochs": 25,
    "patience": None,
    "schedule": "cosine",
}


def split(records: Labelled) -> tuple[Labelled, Labelled, Labelled]:
    """80, 10 and 10 % of each class."""
    classes = Classes.fit(records).encode(records)
    source = np.random.default_rng(0)
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for number in np.unique(classes):
        rows = source.permutation(np.flatnonzero(classes == number))
        tenth = round(len(rows) / 10)
        for part, taken in zip(parts, np.split(rows, [len(rows) - 2 * tenth, len(rows) - tenth]), strict=True):
            part.extend(taken.tolist())
    training, watched, scored = (records.take(np.sort(part)) for part in parts)
    return training, watched, scored


def main(*words: str) -> None:
    arguments = read_arguments(words)
    options = OPTIONS | arguments.options
    training, watched, scored = split(SequenceClassifier().read(arguments.folder))
    clock, runs = Clock(), []
    for seed in arguments.seeds:
        classifier = SequenceClassifier(**options, seed=seed).fit(training, valid=watched, reporter=Lines())
        runs.append(classifier.evaluate(scored))
    seconds = clock.seconds(len(runs))
    found = classifier.assess(scored)
    figures = {
        "options": options,
        "examples": [len(training), len(watched), len(scored)],
        "seeds": arguments.seeds,
        "seconds_per_run": seconds,
        "test": over_seeds(runs),
        "by_class": [[name, *(round(value, 4) for value in row)] for name, *row in found.by_class],
        "confusion": found.confusion.astype(int).tolist(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
