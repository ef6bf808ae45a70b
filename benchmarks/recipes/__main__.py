"""Every recipe in turn, each in a process of its own; its JSON goes to benchmarks/results/recipes/NAME.json.

    python -m benchmarks.recipes FOLDER [NAME …]

FOLDER holds one folder for each set. A recipe whose set is absent is skipped, and said to be.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tidegate.atomic import write_atomically

RESULTS = Path(__file__).parents[1] / "results" / "recipes"
SETS: dict[str, str | None] = {
    "adding": None,
    "ucr_uea": "ucr_uea",
    "names": "names",
    "conll2000": "conll2000",
    "ewt": "ewt",
    "imdb": "imdb",
    "music": "music",
    "shakespeare": "shakespeare",
    "multi30k": "multi30k",
    "ptb": "ptb",
    "m4_hourly": "m4_hourly",
}
"""Recipe and the folder of its set (None: it makes its own data)."""


def main(arguments: list[str]) -> int:
    """Runs the recipes named, or all of them; 1 if any failed or was skipped."""
    if not arguments or any(name not in SETS for name in arguments[1:]):
        print(f"usage: python -m benchmarks.recipes FOLDER [NAME …], of: {', '.join(SETS)}", file=sys.stderr)
        return 2
    data, names = Path(arguments[0]), arguments[1:] or list(SETS)
    succeeded = [_run(name, data) for name in names]
    return int(not all(succeeded))


def _run(name: str, data: Path) -> bool:
    folder = SETS[name]
    if folder is not None and not (data / folder).is_dir():
        print(f"{name}: skipped, there is no {data / folder}", file=sys.stderr)
        return False
    command = [sys.executable, "-m", f"benchmarks.recipes.{name}", *([] if folder is None else [str(data / folder)])]
    ended = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if ended.returncode:
        print(f"{name}: failed with exit code {ended.returncode}", file=sys.stderr)
        return False
    RESULTS.mkdir(parents=True, exist_ok=True)
    write_atomically(RESULTS / f"{name}.json", ended.stdout)
    print(f"{name}: {RESULTS / name}.json", file=sys.stderr)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
