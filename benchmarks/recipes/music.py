"""Polyphonic music, the next frame: JSB Chorales and Nottingham (Boulanger-Lewandowski et al. 2012, arXiv:1206.6392).

    python -m benchmarks.recipes.music FOLDER [set=JSB_Chorales] [size=small] [cell=gru] [key=value …] [--seed N]

FOLDER holds JSB_Chorales.packed.npz and Nottingham.packed.npz. `size` is "small", some 20,000 recurrent weights as in
Chung et al. 2014 (arXiv:1412.3555), or "large", as in Bai et al. 2018 (arXiv:1803.01271): 300,000 for JSB Chorales,
a million for Nottingham. Further words are options of `tidegate.PolyphonyModel`. `nll` leaves the first frame of a
piece out, as Bai et al. count; `nll_with_first` does not.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recipes.settings import chosen
from tidegate import PolyphonyModel
from tidegate.data.piano_roll import KEYS, PianoRolls
from tidegate.training.progress import Lines

UNITS = {
    ("JSB_Chorales", "small"): {"gru": 46, "lstm": 36},
    ("Nottingham", "small"): {"gru": 46, "lstm": 36},
    ("JSB_Chorales", "large"): {"gru": 275, "lstm": 233},
    ("Nottingham", "large"): {"gru": 535, "lstm": 458},
}
OPTIONS: dict[str, Any] = {"batch_size": 4, "patience": None, "schedule": "cosine", "clip_norm": None}
OF_SET: dict[tuple[str, str], dict[str, Any]] = {
    ("JSB_Chorales", "small"): {
        "epochs": 80,
        "learning_rate": 0.02,
        "weight_decay": 0.2,
        "input_dropout": 0.1,
        "recurrent_dropout": 0.1,
    },
    ("JSB_Chorales", "large"): {
        "epochs": 50,
        "learning_rate": 0.007,
        "weight_decay": 0.5,
        "input_dropout": 0.1,
        "recurrent_dropout": 0.3,
    },
    ("Nottingham", "small"): {"epochs": 300, "learning_rate": 0.02, "weight_decay": 0.1},
    ("Nottingham", "large"): {
        "epochs": 60,
        "learning_rate": 0.003,
        "weight_decay": 0.3,
        "recurrent_dropout": 0.2,
        "output_dropout": 0.2,
    },
}


def read_part(arrays: Any, part: str) -> PianoRolls:
    """The pieces of "train", "valid" or "test"."""
    frames: NDArray[np.uint8] = np.unpackbits(arrays[f"{part}_frames"], axis=1)[:, :KEYS]
    return PianoRolls(tuple(np.split(frames, np.cumsum(arrays[f"{part}_lengths"])[:-1])))


def main(folder: str, *words: str) -> None:
    given = chosen(words)
    name, size = given.pop("set", "JSB_Chorales"), given.pop("size", "small")
    units = UNITS[name, size][given.setdefault("cell", "gru")]
    options = OPTIONS | OF_SET[name, size] | {"hidden_size": units} | given
    with np.load(Path(folder) / f"{name}.packed.npz") as arrays:
        train, valid, test = (read_part(arrays, part) for part in ("train", "valid", "test"))
    started, worked = time.perf_counter(), time.process_time()
    model = PolyphonyModel(**options).fit(train, valid=valid, reporter=Lines())
    figures = {
        "set": name,
        "options": model.get_params(),
        "recurrent_weights": sum(weight.numel() for weight in model.fitted.network.encoder.parameters()),
        "seconds": round(time.perf_counter() - started),
        "processor_seconds": round(time.process_time() - worked),
        "best_epoch": model.history_.best + 1,
        "validation": model.evaluate(valid),
        "test": model.evaluate(test),
    }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
