"""Shakespeare by characters: 1,115,394 (Karpathy 2015), the first 90 % learnt, 5 % watched, the last 5 % scored.

    python -m benchmarks.recipes.shakespeare FOLDER [key=value …] [--seed N]

FOLDER holds input.txt. Further words are options of `tidegate.LanguageModel`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.recipes.settings import chosen
from tidegate import LanguageModel
from tidegate.data.corpus import Corpus, in_order, read_text
from tidegate.training.progress import Lines

OPTIONS: dict[str, Any] = {
    "hidden_size": 320,
    "embedding_size": 64,
    "tied": False,
    "num_layers": 1,
    "output_dropout": 0.3,
    "segment": 100,
    "batch_size": 32,
    "epochs": 8,
    "patience": None,
    "learning_rate": 4e-3,
    "schedule": "cosine",
}


def main(folder: str, *words: str) -> None:
    options = OPTIONS | chosen(words)
    train, valid, test = (Corpus(part) for part in in_order(read_text(Path(folder) / "input.txt"), 0.9, 0.05, 0.05))
    started, worked = time.perf_counter(), time.process_time()
    model = LanguageModel(**options).fit(train, valid=valid, reporter=Lines())
    trained, worked = time.perf_counter(), time.process_time() - worked
    figures = {
        "options": model.get_params(),
        "weights": sum(weight.numel() for weight in model.fitted.network.parameters()),
        "training_seconds": round(trained - started),
        "processor_seconds": round(worked),  # of one thread: what a quiet machine would have needed
        "best_epoch": model.history_.best + 1,
        "validation": model.evaluate(valid),
        "test": model.evaluate(test),
        "sample": model.generate("ROMEO:\n", length=400, temperature=0.8),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
