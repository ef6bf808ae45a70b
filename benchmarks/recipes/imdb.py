"""IMDB reviews: accuracy on 25,000 of them after learning from 25,000 others (Maas et al. 2011).

    python -m benchmarks.recipes.imdb FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds train.tsv.xz and test.tsv.xz: label, id, stars and text. Further words are options of
`tidegate.SequenceClassifier`. The row of the textbook is `variant=textbook`: 10,000 words, 200 of each review, an
embedding of 128, a bidirectional LSTM of 64 units with dropout and recurrent dropout of 0.2; a softmax of two classes
says what its one sigmoid would.
"""

from __future__ import annotations

import csv
import json
import lzma
import sys
from pathlib import Path
from typing import Any

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import Clock, over_seeds
from tidegate import SequenceClassifier
from tidegate.training.progress import Lines

OPTIONS: dict[str, dict[str, Any]] = {
    "usual": {
        "lowercase": True,
        "vocabulary_size": 30_000,
        "min_count": 2,
        "max_length": 400,
        "keep": "last",
        "embedding_size": 128,
        "embedding_dropout": 0.3,
        "word_dropout": 0.1,
        "hidden_size": 64,
        "bidirectional": True,
        "pooling": "max",
        "output_dropout": 0.5,
        "batch_size": 64,
        "learning_rate": 2e-3,
        "epochs": 4,
        "patience": 2,
        "schedule": "cosine",
    },
    "textbook": {
        "cell": "lstm",
        "lowercase": True,
        "vocabulary_size": 10_000,
        "max_length": 200,
        "keep": "last",
        "embedding_size": 128,
        "hidden_size": 64,
        "bidirectional": True,
        "input_dropout": 0.2,
        "recurrent_dropout": 0.2,
        "pooling": "last",
        "batch_size": 64,
        "learning_rate": 1e-3,
        "epochs": 5,
        "patience": 2,
        "schedule": "constant",
    },
}


def read_reviews(path: Path) -> tuple[list[str], list[str]]:
    """Texts without their line breaks, and labels."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row[3].replace("<br />", " ") for row in rows], [row[0] for row in rows]


def main(*words: str) -> None:
    arguments = read_arguments(words)
    options = OPTIONS[arguments.take("variant", OPTIONS)] | arguments.options
    train, test = (read_reviews(arguments.folder / f"{part}.tsv.xz") for part in ("train", "test"))
    clock, runs = Clock(), []
    for seed in arguments.seeds:
        classifier = SequenceClassifier(**options, seed=seed).fit(*train, reporter=Lines())
        test_clock = Clock()
        runs.append(classifier.evaluate(*test))
    figures = {
        "options": options,
        "seeds": arguments.seeds,
        "examples": [len(train[0]), len(test[0])],
        "seconds_per_run": clock.seconds(len(runs)),
        "seconds_of_last_test": test_clock.seconds(),
        "notes": classifier.notes_,
        "test": over_seeds(runs),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
