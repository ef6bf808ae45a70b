"""Polyphonic music, the next frame: JSB Chorales and Nottingham (Boulanger-Lewandowski et al. 2012, arXiv:1206.6392).

    python -m benchmarks.recipes.music FOLDER [set=NAME] [size=SIZE] [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds JSB_Chorales.packed.npz and Nottingham.packed.npz; `set` is one of them, JSB_Chorales if not given. `size`
is "small", as usual some 20,000 recurrent weights as in Chung et al. 2014 (arXiv:1412.3555), or "large", as in Bai et
al. 2018 (arXiv:1803.01271): 300,000 for JSB Chorales, a million for Nottingham. Further words are options of
`tidegate.PolyphonyModel`; cell=lstm takes the LSTM. `nll` leaves the first frame of a piece out, as Bai et al. count;
`nll_with_first` does not.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import Clock, over_seeds, parts_over_seeds
from tidegate import PolyphonyModel
from tidegate.data.piano_roll import KEYS, PianoRolls
from tidegate.training.progress import Lines

SETS, SIZES = ("JSB_Chorales", "Nottingham"), ("small", "large")
UNITS = {
    ("JSB_Chorales", "small"): {"gru": 46, "lstm": 36},
    ("Nottingham", "small"): {"gru": 46, "lstm": 36},
    ("JSB_Chorales", "large"): {"gru": 275, "lstm": 233},
    ("Nottingham", "large"): {"gru": 535, "lstm": 458},
}
OPTIONS: dict[str, Any] = {"batch_size": 4, "patience": None, "schedule": "cosine"}
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
    ("Nottingham", "small"): {
        "epochs": 400,
        "learning_rate": 0.016,
        "weight_decay": 0.05,
        "recurrent_dropout": 0.05,
    },
    ("Nottingham", "large"): {
        "epochs": 60,
        "learning_rate": 0.003,
        "weight_decay": 0.3,
        "recurrent_dropout": 0.2,
        "output_dropout": 0.2,
    },
}


OF_CELL: dict[tuple[str, str, str], dict[str, Any]] = {
    ("Nottingham", "small", "lstm"): {
        "epochs": 450,
        "learning_rate": 0.03,
        "weight_decay": 0.03,
        "recurrent_dropout": 0.02,
    },
}
"""An LSTM of so few units learns the tunes' longer structure late, and at a higher rate."""


def read_part(arrays: Any, part: str) -> PianoRolls:
    """The pieces of "train", "valid" or "test"."""
    frames: NDArray[np.uint8] = np.unpackbits(arrays[f"{part}_frames"], axis=1)[:, :KEYS]
    return PianoRolls(tuple(np.split(frames, np.cumsum(arrays[f"{part}_lengths"])[:-1])))


def main(*words: str) -> None:
    arguments = read_arguments(words)
    name, size = arguments.take("set", SETS), arguments.take("size", SIZES)
    cell = arguments.take("cell", UNITS[name, size])
    usual = OPTIONS | OF_SET[name, size] | OF_CELL.get((name, size, cell), {})
    options = usual | {"cell": cell, "hidden_size": UNITS[name, size][cell]} | arguments.options
    with np.load(arguments.folder / f"{name}.packed.npz") as arrays:
        parts = {part: read_part(arrays, part) for part in ("train", "valid", "test")}
    clock, models = Clock(), [PolyphonyModel(**options, seed=seed) for seed in arguments.seeds]
    runs = [_run(model, parts) for model in models]
    figures = {
        "set": name,
        "options": {name: value for name, value in models[0].get_params().items() if name != "seed"},
        "seeds": arguments.seeds,
        "recurrent_weights": sum(
            weight.numel() for weight in models[0].fitted.network.get_submodule("encoder").parameters()
        ),
        "seconds_per_run": clock.seconds(len(runs)),
        **over_seeds([{"best_epoch": model.history_.best + 1} for model in models]),
        **parts_over_seeds(runs),
    }
    print(json.dumps(figures, indent=1))


def _run(model: PolyphonyModel, parts: dict[str, PianoRolls]) -> dict[str, dict[str, float]]:
    clock = Clock()
    model.fit(parts["train"], valid=parts["valid"], reporter=Lines())
    seconds = clock.seconds()
    return {"seconds": seconds, "validation": model.evaluate(parts["valid"]), "test": model.evaluate(parts["test"])}


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
