"""Every figure in turn, each in a process of its own; its JSON goes to benchmarks/results/recipes/NAME.json.

    python -m benchmarks.recipes FOLDER [NAME …] [--seed N] [--seeds COUNT]

FOLDER holds one folder for each set. A figure whose set is absent is skipped, and said to be; the seeds are those of
every recipe.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from benchmarks.recipes.arguments import FolderMissing, UsageError, run, take_seeds
from tidegate.atomic import write_atomically

RESULTS = Path(__file__).parents[1] / "results" / "recipes"


class Figure(NamedTuple):
    """A recipe, the folder of its set (None: it makes its own data), and the words it is given."""

    recipe: str
    folder: str | None
    words: tuple[str, ...] = ()

    def command(self, data: Path, seeds: Sequence[int]) -> list[str]:
        place = [] if self.folder is None else [str(data / self.folder)]
        after = ["--seed", str(seeds[0]), "--seeds", str(len(seeds))]
        return [sys.executable, "-m", f"benchmarks.recipes.{self.recipe}", *place, *self.words, *after]


def _music() -> dict[str, Figure]:
    sets = {"jsb": "JSB_Chorales", "nottingham": "Nottingham"}
    return {
        f"{short}-{size}-{cell}": Figure("music", "music", (f"set={sets[short]}", f"size={size}", f"cell={cell}"))
        for short, size, cell in product(sets, ("small", "large"), ("gru", "lstm"))
    }


FIGURES = {
    "adding": Figure("adding", None),
    "sine": Figure("sine", None),
    "ucr_uea": Figure("ucr_uea", "ucr_uea"),
    "names": Figure("names", "names"),
    "conll2000": Figure("conll2000", "conll2000"),
    "ewt": Figure("ewt", "ewt"),
    "imdb": Figure("imdb", "imdb"),
    "imdb-textbook": Figure("imdb", "imdb", ("variant=textbook",)),
    **_music(),
    "shakespeare": Figure("shakespeare", "shakespeare"),
    "multi30k": Figure("multi30k", "multi30k"),
    "ptb": Figure("ptb", "ptb"),
    "ptb-gru": Figure("ptb", "ptb", ("cell=gru",)),
    "m4_hourly": Figure("m4_hourly", "m4_hourly"),
}


def main(*words: str) -> int:
    """Runs the recipes named, or all of them; 1 if any failed or was skipped. Raises UsageError for other words."""
    rest = list(words)
    seeds = take_seeds(rest)
    if not rest:
        raise FolderMissing("FOLDER is missing")
    data, names = Path(rest[0]), rest[1:] or list(FIGURES)
    if unknown := [name for name in names if name not in FIGURES]:
        raise UsageError(f"{unknown[0]}: there is no such figure, only {', '.join(FIGURES)}")
    succeeded = [_run(name, data, seeds) for name in names]
    return int(not all(succeeded))


def _run(name: str, data: Path, seeds: Sequence[int]) -> bool:
    figure = FIGURES[name]
    if figure.folder is not None and not (data / figure.folder).is_dir():
        return _failed(name, f"skipped, there is no {data / figure.folder}")
    ended = subprocess.run(figure.command(data, seeds), stdout=subprocess.PIPE, check=False)
    if ended.returncode:
        return _failed(name, f"failed with exit code {ended.returncode}")
    try:
        json.loads(ended.stdout)
    except ValueError as fault:  # of JSON, or of UTF-8
        return _failed(name, f"printed something else than one JSON document, which is not kept ({fault})")
    RESULTS.mkdir(parents=True, exist_ok=True)
    write_atomically(RESULTS / f"{name}.json", ended.stdout)
    print(f"{name}: {RESULTS / name}.json", file=sys.stderr)
    return True


def _failed(name: str, why: str) -> bool:
    print(f"{name}: {why}", file=sys.stderr)
    return False


if __name__ == "__main__":
    sys.exit(run(main, f"{__doc__}\nNAME is one of {', '.join(FIGURES)}"))
