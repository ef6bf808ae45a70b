"""Figures of several seeds: each, their mean, and how far they spread."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


class Clock:
    """Seconds since it was made: by the clock on the wall, and of this process's own work."""

    def __init__(self) -> None:
        self._wall, self._work = time.perf_counter(), time.process_time()

    def seconds(self, runs: int = 1) -> dict[str, float]:
        """Of each of so many runs."""
        wall, work = time.perf_counter() - self._wall, time.process_time() - self._work
        return {"wall": round(wall / runs, 1), "process": round(work / runs, 1)}


def over_seeds(runs: Sequence[dict[str, float]]) -> dict[str, Any]:
    """For each metric the value of each run, the mean and, from two runs on, the standard deviation."""
    told: dict[str, Any] = {}
    for name in runs[0]:
        values = [run[name] for run in runs]
        told[name] = {"each": [round(value, 5) for value in values], "mean": round(statistics.fmean(values), 5)}
        if len(values) > 1:
            told[name]["deviation"] = round(statistics.stdev(values), 5)
    return told


def parts_over_seeds(runs: Sequence[dict[str, dict[str, float]]]) -> dict[str, Any]:
    """The same for each part that a run tells: of the data, or of its work."""
    return {part: over_seeds([run[part] for run in runs]) for part in runs[0]}


def scores_over_seeds(
    options: dict[str, Any], seeds: Sequence[int], run: Callable[[dict[str, Any]], dict[str, dict[str, float]]]
) -> dict[str, Any]:
    """The scores of `run` with these options and each seed, and how long it took."""
    clock = Clock()
    runs = [run({**options, "seed": seed}) for seed in seeds]
    seconds = clock.seconds(len(runs))
    return {"options": options, "seeds": seeds, "seconds_per_run": seconds, "scores": parts_over_seeds(runs)}
