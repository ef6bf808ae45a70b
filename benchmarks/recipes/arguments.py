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
    """`--seeds 3 --seed 5` means the seeds 5, 6 and 7; options are read as JSON where they are."""
    folder, *rest = words
    count, first = _taken(rest, "--seeds", 1), _taken(rest, "--seed", 0)
    options = {name: _value(text) for name, text in (word.split("=", 1) for word in rest)}
    return Arguments(Path(folder), options, tuple(range(first, first + count)))


def _taken(words: list[str], name: str, default: int) -> int:
    """The number after `name`, both taken out of `words`."""
    if name not in words:
        return default
    place = words.index(name)
    number = int(words[place + 1])
    del words[place : place + 2]
    return number


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
