"""Shakespeare by characters: 1,115,394 (Karpathy 2015), the first 90 % learnt, 5 % watched, the last 5 % scored.

    python -m benchmarks.recipes.shakespeare FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds input.txt. Further words are options of `tidegate.LanguageModel`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.language import Texts, language_figures
from tidegate.data.corpus import Corpus, in_order, read_text

OPTIONS: dict[str, Any] = {
    "hidden_size": 768,
    "embedding_size": 64,
    "tied": False,
    "num_layers": 1,
    "output_dropout": 0.5,
    "recurrent_dropout": 0.3,
    "segment": 100,
    "batch_size": 16,
    "epochs": 24,
    "patience": None,
    "learning_rate": 2e-3,
    "weight_decay": 0.1,
    "schedule": "cosine",
}


def main(*words: str) -> None:
    arguments = read_arguments(words)
    text = read_text(arguments.folder / "input.txt")
    texts = Texts(*(Corpus(part) for part in in_order(text, 0.9, 0.05, 0.05)))
    sample = {"prompt": "ROMEO:\n", "length": 400, "temperature": 0.8}
    print(json.dumps(language_figures(texts, OPTIONS, arguments, **sample), indent=1))


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
