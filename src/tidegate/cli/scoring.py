"""A comparison with the baselines as rows of a table, as words, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.panel import Panel
from tidegate.estimators.forecasting.backtest import Backtest
from tidegate.estimators.forecasting.fitted import Fitted
from tidegate.estimators.forecasting.forecast_frame import Forecast
from tidegate.estimators.forecasting.scores import score
from tidegate.report.facts import CoverageRow, ScoreRow

Array = NDArray[np.float64]

MOST_WINDOWS = 3
LARGEST_SHARE = 1 / 5


def default_windows(panel: Panel, horizon: int) -> int:
    """Stretches to compare on: one, or up to three that are no more than a fifth of the shortest series."""
    shortest = min(len(series) for series in panel.series)
    return min(max(int(shortest * LARGEST_SHARE) // horizon, 1), MOST_WINDOWS)


def score_rows(backtest: Backtest) -> list[ScoreRow]:
    """The network first, then the baselines."""
    return [
        ScoreRow(name, **asdict(scores), is_baseline=name != backtest.model) for name, scores in backtest.scores.items()
    ]


def target_scores(backtest: Backtest) -> dict[str, list[ScoreRow]]:
    """The same for each target where there are several, whose units may differ."""
    names = backtest.panel.columns.target
    told = {backtest.model: [one.point for one in backtest.forecasts], **backtest.baselines}
    if len(names) == 1:
        return {}
    return {name: [_row(backtest, model, points, k) for model, points in told.items()] for k, name in enumerate(names)}


def _row(backtest: Backtest, model: str, points: Sequence[Array], target: int) -> ScoreRow:
    columns = ([one.truth for one in backtest.forecasts], points, [one.history for one in backtest.forecasts])
    truth, told, history = ([values[:, target] for values in column] for column in columns)
    return ScoreRow(model, **asdict(score(truth, told, history, backtest.season)), is_baseline=model != backtest.model)


def coverage_rows(backtest: Backtest) -> list[CoverageRow]:
    return [CoverageRow(level, scores.coverage, scores.width) for level, scores in backtest.intervals.items()]


def where(backtest: Backtest, which: str = "last") -> str:
    """What was forecast, in words: the last so many steps, or the held-out ones."""
    series = len(backtest.panel.series)
    windows = len(backtest.forecasts) // series
    steps = f"{windows} × {backtest.horizon}" if windows > 1 else str(backtest.horizon)
    return f"the {which} {steps} steps" + (f" of {series} series" if series > 1 else "")


def metrics_of(backtest: Backtest) -> dict[str, Any]:
    """Scores by the field's names."""
    scores = {name: asdict(found) for name, found in backtest.scores.items()}
    return {
        "metrics": scores.pop(backtest.model),
        "baselines": scores,
        "intervals": {f"{level:g}": asdict(found) for level, found in backtest.intervals.items()},
        "horizon": backtest.horizon,
        "forecasts": len(backtest.forecasts),
    }


def notes_on(backtest: Backtest, fitted: Fitted) -> list[str]:
    """What a reader has to know to judge the figures: about the data, and about how far the figures can be trusted."""
    notes = [*backtest.panel.notes]
    if (count := len(backtest.panel.columns.target)) > 1:
        notes.append(
            f"MAE, RMSE and widths of intervals are means over {count} targets, whose units may differ; sMAPE and MASE "
            "have no unit."
        )
    if backtest.learnt:
        notes.append(
            f"{backtest.learnt} of {len(backtest.forecasts)} forecasts fall on rows that the network has learnt from; "
            "that flatters it. Evaluate on later rows."
        )
    constant = sum(isnan(_mase(one, backtest.season)) for one in backtest.forecasts)
    if constant:
        notes.append(
            f"MASE leaves out {constant} of {len(backtest.forecasts)} forecasts: the history never differs from one "
            "season to the next, or is no longer than one."
        )
    return notes + [_weak(level) for level in weak_levels(fitted, list(backtest.intervals))]


def _mase(forecast: Forecast, season: int) -> float:
    return score([forecast.truth], [forecast.point], [forecast.history], season).mase


def weak_levels(fitted: Fitted, levels: Sequence[float]) -> list[float]:
    """Levels that the errors known from validation are too few to promise."""
    return [level for level in levels if fitted.errors is not None and not fitted.errors.enough_for(level)]


def _weak(level: float) -> str:
    return f"Too few validation rows to promise {level:g} %: that interval is as wide as the largest error seen there."
