"""Multi30k, German to English: 29,000 captions, scored on test_2016_flickr (Elliott et al. 2016, arXiv:1605.00459).

    python -m benchmarks.recipes.multi30k FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds train.{de,en}.gz, val.* and test_2016_flickr.*. Trained on train, the epoch chosen on val, scored on the
test part: BLEU as sacreBLEU computes it of raw text, mixed case, with its signature. Further words are options of
`tidegate.Translator`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import Clock, over_seeds, parts_over_seeds
from tidegate import Translator
from tidegate.data.pairs import Pairs
from tidegate.training.progress import Lines

PARTS = {"train": "train", "valid": "val", "test": "test_2016_flickr"}
LANGUAGES = {"source": "de", "target": "en"}
OPTIONS: dict[str, Any] = {
    "vocabulary_size": 4000,
    "epochs": 10,
    "patience": None,
    "learning_rate": 2e-3,
    "schedule": "cosine",
    "warmup": 0.05,
}


def main(*words: str) -> None:
    arguments = read_arguments(words)
    options = OPTIONS | arguments.options
    parts = {part: Translator().read(arguments.folder / name, LANGUAGES) for part, name in PARTS.items()}
    clock = Clock()
    runs = [_run(parts, {**options, "seed": seed}) for seed in arguments.seeds]
    seconds = clock.seconds(len(runs))
    figures = {
        "options": options,
        "seeds": arguments.seeds,
        "signature": runs[0]["signature"],
        "seconds_per_run": seconds,
        "seconds": over_seeds([run["seconds"] for run in runs]),
        "scores": parts_over_seeds([run["scores"] for run in runs]),
    }
    print(json.dumps(figures, indent=1))


def _run(parts: dict[str, Pairs], options: dict[str, Any]) -> dict[str, Any]:
    clock = Clock()
    translator = Translator(**options).fit(parts["train"], valid=parts["valid"], reporter=Lines())
    seconds = clock.seconds()
    valid, test = (translator.assess(parts[part]) for part in ("valid", "test"))
    best, scores = {"best_epoch": translator.history_.best + 1}, {"valid": valid.metrics, "test": test.metrics}
    return {"seconds": seconds | best, "signature": test.signature, "scores": scores}


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
