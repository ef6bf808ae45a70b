"""English Web Treebank: universal parts of speech, no pretrained vectors (Universal Dependencies, UD_English-EWT).

    python -m benchmarks.recipes.ewt FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds en_ewt-ud-{train,dev,test}.conllu.xz. Trained on train, the epoch chosen on dev, scored on test. Further
words are options of `tidegate.SequenceTagger`.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import scores_over_seeds
from tidegate import SequenceTagger
from tidegate.data.tagged import Tagged
from tidegate.training.progress import Lines

OPTIONS: dict[str, Any] = {"epochs": 12, "patience": None, "batch_size": 16, "learning_rate": 4e-3}


def main(*words: str) -> None:
    arguments = read_arguments(words)
    parts = {part: _read(arguments.folder, part) for part in ("train", "dev", "test")}
    figures = scores_over_seeds(OPTIONS | arguments.options, arguments.seeds, partial(_run, parts))
    print(json.dumps(figures, indent=1))


def _read(folder: Path, part: str) -> Tagged:
    return SequenceTagger().read(folder / f"en_ewt-ud-{part}.conllu.xz")


def _run(parts: dict[str, Tagged], options: dict[str, Any]) -> dict[str, dict[str, float]]:
    tagger = SequenceTagger(**options).fit(parts["train"], valid=parts["dev"], reporter=Lines())
    return {part: tagger.evaluate(parts[part]) for part in ("dev", "test")}


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
