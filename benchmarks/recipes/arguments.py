"""The command line of every recipe: FOLDER [key=value …] [--seed N] [--seeds COUNT]."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Arguments:
    """Where the data are, the options that differ from the recipe's, and the seeds to train with."""

    folder: Path
    options: dict[str, Any]
    seeds: tuple[int, ...]


def read_arguments(words: Sequence[str]) -> Arguments:
    """Values are JSON where they can be read as such, else text. `--seeds 3 --seed 5` means 5, 6 and 7."""
    rest, numbers = [], {"--seed": 0, "--seeds": 1}
    places = iter(words)
    for word in places:
        if word in numbers:
            numbers[word] = int(next(places))
        else:
            rest.append(word)
    folder, *pairs = rest
    options = {name: _value(text) for name, text in (pair.split("=", 1) for pair in pairs)}
    first = numbers["--seed"]
    return Arguments(Path(folder), options, tuple(range(first, first + numbers["--seeds"])))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
