"""Chunking of CoNLL-2000 from the words alone, without parts of speech (Tjong Kim Sang & Buchholz 2000).

    python -m benchmarks.recipes.conll2000 FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds train.txt.xz and test.txt.xz. A tenth of train (option `validation`), drawn by the seed, chooses the epoch;
spans of test are scored as conlleval does. Further words are options of `tidegate.SequenceTagger`.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import Any

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import scores_over_seeds
from tidegate import SequenceTagger
from tidegate.data.tagged import Tagged
from tidegate.training.progress import Lines

OPTIONS: dict[str, Any] = {"hidden_size": 150, "epochs": 15, "patience": None, "batch_size": 16, "learning_rate": 5e-3}


def main(*words: str) -> None:
    arguments = read_arguments(words)
    train, test = (SequenceTagger().read(arguments.folder / f"{part}.txt.xz") for part in ("train", "test"))
    figures = scores_over_seeds(OPTIONS | arguments.options, arguments.seeds, partial(_run, train, test))
    print(json.dumps(figures, indent=1))


def _run(train: Tagged, test: Tagged, options: dict[str, Any]) -> dict[str, dict[str, float]]:
    tagger = SequenceTagger(**options).fit(train, reporter=Lines())
    _, held = tagger.hold_out(train)
    scores = {"test": tagger.evaluate(test)}
    return scores | ({} if held is None else {"validation": tagger.evaluate(held)})


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
