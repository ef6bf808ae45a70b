"""The command line of recipes that may be run with several seeds: FOLDER [key=value …] [--seed N] [--seeds COUNT]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.recipes.settings import chosen


@dataclass(frozen=True)
class Arguments:
    """Where the data are, the options that differ from the recipe's, and the seeds to train with."""

    folder: Path
    options: dict[str, Any]
    seeds: tuple[int, ...]


def read_arguments(words: Sequence[str]) -> Arguments:
    """`--seeds 3 --seed 5` means the seeds 5, 6 and 7; other words as `settings.chosen` reads them."""
    folder, *rest = words
    count = 1
    if "--seeds" in rest:
        place = rest.index("--seeds")
        count = int(rest[place + 1])
        del rest[place : place + 2]
    options = chosen(rest)
    first = options.pop("seed", 0)
    return Arguments(Path(folder), options, tuple(range(first, first + count)))
