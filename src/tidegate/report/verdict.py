"""The one sentence at the head of a report: better or worse than the best baseline, and by how much."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tidegate.report.facts import ScoreRow

EQUAL_WITHIN = 0.01


def verdict(scores: Sequence[ScoreRow], evaluation: str) -> str:
    """Compares the first model with the best baseline by MASE; by MAE where a MASE is not defined."""
    models = [row for row in scores if not row.is_baseline]
    if not models or not math.isfinite(models[0].mae):
        return "Not scored: no truth was held out to compare the forecast with"
    model, baselines = models[0], [row for row in scores if row.is_baseline and math.isfinite(row.mae)]
    name = "MASE" if all(math.isfinite(row.mase) for row in [model, *baselines]) else "MAE"
    error = _error(model, name)
    told = f"{model.model}: {name} {error:.3g}"
    if not baselines:
        return f"{told} on {evaluation}"
    best = min(baselines, key=lambda row: _error(row, name))
    return f"{told}, {_against(error, _error(best, name), best.model)} on {evaluation}"


def _error(row: ScoreRow, name: str) -> float:
    return row.mase if name == "MASE" else row.mae


def _against(error: float, baseline: float, name: str) -> str:
    if abs(error - baseline) <= EQUAL_WITHIN * baseline:
        return f"as good as {name} (within 1 %)"
    if baseline == 0:
        return f"worse than {name}, which makes no error here,"
    percent = 100 * abs(error / baseline - 1)
    return f"{percent:.0f} % {'better' if error < baseline else 'worse'} than {name}"
