"""One run: every comparison in turn, the results written after each, so that an interrupted run keeps what it has."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

# First of all, before anything imports tidegate: the workers get the environment as it was then.
from benchmarks.child import Children

# isort: split
from benchmarks.comparison import Effort, measure
from benchmarks.machine import describe_machine
from benchmarks.memory import measure_memory
from benchmarks.peers import PEERS
from benchmarks.plan import Choice, comparisons, memory_cases
from benchmarks.ratios import Record
from benchmarks.table import markdown
from tidegate.atomic import write_atomically

RESULTS = Path(__file__).parent / "results"
FULL, QUICK = Effort(rounds=7, turn_seconds=0.15, trials=3), Effort(rounds=2, turn_seconds=0.02, trials=1)


def results_path(effort: Effort) -> Path:
    """Where a run that starts now writes its results."""
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S")
    return RESULTS / f"{'quick-' if effort == QUICK else ''}{started}.json"


def run(choice: Choice, effort: Effort, path: Path) -> dict[str, Any]:
    """Measure, writing the report as JSON to this path and its tables as Markdown beside it."""
    packages = [package for peer in PEERS.values() for package in (*peer.packages, "numpy", "jaxlib")]
    records: list[Record] = []
    settings = {"rounds": effort.rounds, "turn_seconds": effort.turn_seconds, "peers": list(choice.peers)}
    planned, cases = comparisons(choice), memory_cases(choice)
    report = {
        "machine": describe_machine(packages),
        "settings": settings,
        "planned": len(planned) + len(cases),
        "records": records,
    }
    with Children() as children:
        measured = (measure(comparison, children, effort) for comparison in planned)
        weighed = (measure_memory(case, max(choice.threads), children, effort.trials) for case in cases)
        for record in chain(measured, weighed):
            records.append(record)
            _write(report, path)
            print(_line(record), file=sys.stderr, flush=True)
    return report


def _write(report: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(report, indent=1).encode())
    write_atomically(path.with_suffix(".md"), markdown(report).encode())


def _line(record: Record) -> str:
    """What a comparison brought, for whoever waits."""
    figures = [
        f"{label} {median(entry['seconds']) * 1e6:.0f} µs" if "seconds" in entry else f"{label} {entry['bytes']:.0f} B"
        for label, entry in record["contenders"].items()
    ]
    missing = [f"without {label}" for label in record["left_out"]]
    place = f"{record['measure']}: {record['cell']} {record['shape']}, {record['pass']}, {record['threads']} threads"
    return f"{place}: {', '.join([*figures, *missing])}"
