"""Penn Treebank, word level, a small model: two layers of 200 units (as the small LSTM of Zaremba et al. 2014).

    python -m benchmarks.recipes.ptb FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds ptb.{train,valid,test}.txt.xz (or .txt), one sentence a line, whose end is a token. Further words are
options of `tidegate.LanguageModel`; cell=gru takes the GRU. The perplexity is over all 82,430 tokens of the test part,
the state carried over the whole text.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.language import Texts, language_figures

OPTIONS: dict[str, Any] = {
    "cell": "lstm",
    "tokenizer": "spaces",
    "embedding_size": 200,
    "hidden_size": 200,
    "num_layers": 2,
    "dropout": 0.15,
    "output_dropout": 0.15,
    "segment": 35,
    "batch_size": 20,
    "epochs": 6,
    "patience": None,
    "learning_rate": 4e-3,
    "schedule": "cosine",
    "warmup": 0.02,
    "precision": "bf16-mixed",
}
OF_CELL: dict[str, dict[str, Any]] = {"gru": {"learning_rate": 1.5e-3, "epochs": 8}}
"""A GRU does not bear the LSTM's rate: its loss stays near 6.6."""


def main(*words: str) -> None:
    arguments = read_arguments(words)
    texts = Texts(*(_part(arguments.folder, name) for name in ("train", "valid", "test")))
    options = OPTIONS | OF_CELL.get(arguments.options.get("cell", ""), {})
    print(json.dumps(language_figures(texts, options, arguments, length=60, temperature=0.8), indent=1))


def _part(folder: Path, name: str) -> Path:
    packed = folder / f"ptb.{name}.txt.xz"
    return packed if packed.exists() else folder / f"ptb.{name}.txt"


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
