"""Series of the UCR and UEA archives: accuracy on the split as given (Bagnall et al. 2018, arXiv:1811.00075).

    python -m benchmarks.recipes.ucr_uea FOLDER [key=value …] [--seed N] [--seeds COUNT] [only=NAME]

FOLDER holds a folder for each set with NAME_TRAIN.ts and NAME_TEST.ts. Further words are options of
`tidegate.SequenceClassifier`, for all sets alike.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.recipes.arguments import read_arguments
from benchmarks.recipes.figures import Clock, over_seeds
from tidegate import SequenceClassifier

USUAL: dict[str, Any] = {"bidirectional": True, "validation": 0, "schedule": "cosine", "epochs": 100}
OPTIONS: dict[str, dict[str, Any]] = {
    "JapaneseVowels": {"epochs": 40, "output_dropout": 0.3, "input_dropout": 0.1},
    "BasicMotions": {},
    "GunPoint": {"patch": 5, "hidden_size": 128, "epochs": 150},
    "ArrowHead": {"pooling": "last", "patch": 50, "epochs": 300},
    "ItalyPowerDemand": {"pooling": "last"},
}


def main(*words: str) -> None:
    arguments = read_arguments(words)
    wanted = arguments.options.pop("only", None)
    for name, own in OPTIONS.items():
        if wanted in (None, name):
            options = USUAL | own | arguments.options
            clock = Clock()
            runs = [_run(arguments.folder / name, name, {**options, "seed": seed}) for seed in arguments.seeds]
            seconds = clock.seconds(len(runs))
            figures = {"set": name, "options": options, "seeds": arguments.seeds, "seconds_per_run": seconds}
            print(json.dumps(figures | {"test": over_seeds(runs)}), flush=True)


def _run(folder: Path, name: str, options: dict[str, Any]) -> dict[str, float]:
    classifier = SequenceClassifier(**options).fit(folder / f"{name}_TRAIN.ts")
    return classifier.evaluate(folder / f"{name}_TEST.ts")


if __name__ == "__main__":
    main(*sys.argv[1:])
