"""Figures of several seeds: each, their mean, and how far they spread."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any


def over_seeds(runs: Sequence[dict[str, float]]) -> dict[str, Any]:
    """For each metric the value of each run, the mean and, from two runs on, the standard deviation."""
    told: dict[str, Any] = {}
    for name in runs[0]:
        values = [run[name] for run in runs]
        told[name] = {"each": [round(value, 5) for value in values], "mean": round(statistics.fmean(values), 5)}
        if len(values) > 1:
            told[name]["deviation"] = round(statistics.stdev(values), 5)
    return told
