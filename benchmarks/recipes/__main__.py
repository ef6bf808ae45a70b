"""Every figure in turn, each in a process of its own; its JSON goes to benchmarks/results/recipes/NAME.json.

    python -m benchmarks.recipes FOLDER [NAME …]

FOLDER holds one folder for each set. A figure whose set is absent is skipped, and said to be.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import NamedTuple

from tidegate.atomic import write_atomically

RESULTS = Path(__file__).parents[1] / "results" / "recipes"


class Figure(NamedTuple):
    """A recipe, the folder of its set (None: it makes its own data), and the words it is given."""

    recipe: str
    folder: str | None
    words: tuple[str, ...] = ()

    def command(self, data: Path) -> list[str]:
        place = [] if self.folder is None else [str(data / self.folder)]
        return [sys.executable, "-m", f"benchmarks.recipes.{self.recipe}", *place, *self.words]


def _music() -> dict[str, Figure]:
    sets = {"jsb": "JSB_Chorales", "nottingham": "Nottingham"}
    return {
        f"{short}-{size}-{cell}": Figure("music", "music", (f"set={sets[short]}", f"size={size}", f"cell={cell}"))
        for short, size, cell in product(sets, ("small", "large"), ("gru", "lstm"))
    }


FIGURES = {
    "adding": Figure("adding", None),
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


def main(arguments: list[str]) -> int:
    """Runs the recipes named, or all of them; 1 if any failed or was skipped."""
    if not arguments or any(name not in FIGURES for name in arguments[1:]):
        print(f"usage: python -m benchmarks.recipes FOLDER [NAME …], of: {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    data, names = Path(arguments[0]), arguments[1:] or list(FIGURES)
    succeeded = [_run(name, data) for name in names]
    return int(not all(succeeded))


def _run(name: str, data: Path) -> bool:
    figure = FIGURES[name]
    if figure.folder is not None and not (data / figure.folder).is_dir():
        print(f"{name}: skipped, there is no {data / figure.folder}", file=sys.stderr)
        return False
    ended = subprocess.run(figure.command(data), stdout=subprocess.PIPE, check=False)
    if ended.returncode:
        print(f"{name}: failed with exit code {ended.returncode}", file=sys.stderr)
        return False
    RESULTS.mkdir(parents=True, exist_ok=True)
    write_atomically(RESULTS / f"{name}.json", ended.stdout)
    print(f"{name}: {RESULTS / name}.json", file=sys.stderr)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
