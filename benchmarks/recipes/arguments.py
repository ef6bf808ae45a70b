"""The command line of every recipe: FOLDER [key=value …] [--seed N] [--seeds COUNT], and how its faults are told."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.errors import TidegateError


class UsageError(TidegateError):
    """A word that a recipe does not know, or one of another form than it should have."""

    exit_code = 2


class FolderMissing(UsageError):
    """Nothing was said: the manual is the answer."""


@dataclass(frozen=True)
class Arguments:
    """Where the data are, the options that differ from the recipe's, and the seeds to train with."""

    folder: Path
    options: dict[str, Any]
    seeds: tuple[int, ...]

    def take(self, name: str, known: Iterable[str]) -> str:
        """Takes a word of the recipe's own out of the options: one of `known`, by default the first."""
        names = list(known)
        value = self.options.pop(name, names[0])
        if value not in names:
            raise UsageError(f"{name}={value}: this is not one of {', '.join(names)}")
        return str(value)

    def take_count(self, name: str, default: int, least: int) -> int:
        """The same of a whole number, `least` or more."""
        value = self.options.pop(name, default)
        if not isinstance(value, int) or value < least:
            raise UsageError(f"{name}={value}: this is not a whole number from {least} on")
        return value


def read_arguments(words: Sequence[str]) -> Arguments:
    """`--seeds 3 --seed 5` means the seeds 5, 6 and 7; options are read as JSON where they are.

    Raises UsageError for other words.
    """
    if not words:
        raise FolderMissing("FOLDER is missing")
    folder, *rest = words
    if folder.startswith("--"):
        raise UsageError(f"{folder}: FOLDER comes first")
    seeds = take_seeds(rest)
    return Arguments(Path(folder), dict(_option(word) for word in rest), tuple(seeds))


def take_seeds(words: list[str]) -> range:
    """The seeds that `--seeds COUNT` and `--seed FIRST` mean, both taken out of `words`."""
    count, first = _taken(words, "--seeds", 1, least=1), _taken(words, "--seed", 0, least=0)
    return range(first, first + count)


def run(main: Callable[..., int | None], manual: str, words: Sequence[str] | None = None) -> int:
    """Calls `main` with the words, by default the program's own, and returns the exit code.

    0 fine, 1 data or options wrong, 2 usage; a fault is told in one line, and asking for help prints the manual.
    """
    words = sys.argv[1:] if words is None else words
    if "--help" in words:
        print(manual)
        return 0
    try:
        return main(*words) or 0
    except FolderMissing as fault:
        print(manual, file=sys.stderr)
        return fault.exit_code
    except (TidegateError, OSError) as fault:
        print(f"error: {fault}", file=sys.stderr)
        return fault.exit_code if isinstance(fault, TidegateError) else 1


def _taken(words: list[str], name: str, default: int, least: int) -> int:
    """The number after `name`, both taken out of `words`."""
    if name not in words:
        return default
    place = words.index(name)
    number = (words[place + 1 :] or [""])[0]
    if not number.isdecimal() or int(number) < least:
        raise UsageError(f"{name} {number}: write a whole number from {least} on after it")
    del words[place : place + 2]
    return int(number)


def _option(word: str) -> tuple[str, Any]:
    name, equals, text = word.partition("=")
    if not (name.isidentifier() and equals):
        raise UsageError(f"{word}: write options as key=value, such as epochs=3; --help tells the rest")
    if name in ("seed", "seeds"):
        raise UsageError(f"{word}: write it as --{name} {text}")
    return name, _value(text)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
