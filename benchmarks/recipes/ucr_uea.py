"""Series of the UCR and UEA archives: accuracy on the split as given (Bagnall et al. 2018, arXiv:1811.00075).

    python -m benchmarks.recipes.ucr_uea FOLDER [key=value …] [--seed N] [--seeds COUNT] [only=SET]

FOLDER holds a folder for each set with NAME_TRAIN.ts and NAME_TEST.ts. Further words are options of
`tidegate.SequenceClassifier`, for all sets alike.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.recipes.arguments import Arguments, read_arguments, run
from benchmarks.recipes.figures import scores_over_seeds
from tidegate import SequenceClassifier
from tidegate.training.progress import Lines

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
    only = arguments.take("only", ("all", *OPTIONS))
    names = list(OPTIONS) if only == "all" else [only]
    print(json.dumps({"seeds": arguments.seeds, "sets": {name: _of_set(name, arguments) for name in names}}, indent=1))


def _of_set(name: str, arguments: Arguments) -> dict[str, Any]:
    run_seed = partial(_run, arguments.folder / name, name)
    return scores_over_seeds(USUAL | OPTIONS[name] | arguments.options, arguments.seeds, run_seed)


def _run(folder: Path, name: str, options: dict[str, Any]) -> dict[str, dict[str, float]]:
    classifier = SequenceClassifier(**options).fit(folder / f"{name}_TRAIN.ts", reporter=Lines())
    return {"test": classifier.evaluate(folder / f"{name}_TEST.ts")}


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
