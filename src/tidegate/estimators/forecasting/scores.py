"""How far forecasts are from the truth, by the definitions of the M4 competition (Makridakis et al., 2020).

Each score is taken per series and then averaged over series. Missing truth (NaN) is left out, and so are series of
which nothing is observed, and for MASE those whose history gives it no scale. A missing forecast makes the score NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Point forecasts: MAE and RMSE in the units of the data, sMAPE in per cent (0 to 200), MASE without a unit."""

    mae: float
    rmse: float
    smape: float
    mase: float


@dataclass(frozen=True)
class IntervalScores:
    """Intervals: the share of the truth inside (0 to 1), and the mean width in the units of the data."""

    coverage: float
    width: float


def score(truth: Sequence[Array], forecast: Sequence[Array], history: Sequence[Array], season: int) -> Scores:
    """Scores of each series' forecast [h] or [h, K] against `truth` of the same shape; each target counts as a series.

    `history` [T] or [T, K] is the training part: its seasonal naive error, at lag `season`, is the scale of MASE.
    """
    told = _observed(truth, forecast, history)
    return Scores(
        mae=_mean([mae(y, f) for y, f, _ in told]),
        rmse=_mean([rmse(y, f) for y, f, _ in told]),
        smape=_mean([smape(y, f) for y, f, _ in told]),
        mase=_mean([mase(y, f, past, season) for y, f, past in told if _seasonal_error(past, season) > 0]),
    )


def score_intervals(truth: Sequence[Array], lower: Sequence[Array], upper: Sequence[Array]) -> IntervalScores:
    """Scores of each series' interval from `lower` to `upper` (both ends inside), shapes as in `score`."""
    told = _observed(truth, lower, upper)
    inside = [_mean_where(y, (low <= y) & (y <= high)) for y, low, high in told]
    return IntervalScores(_mean(inside), _mean([_mean_where(y, high - low) for y, low, high in told]))


def owa(scores: Scores, reference: Scores) -> float:
    """Overall weighted average of M4: the mean of the ratios of sMAPE and MASE to the reference's (there: Naïve 2)."""
    return (scores.smape / reference.smape + scores.mase / reference.mase) / 2


def mae(truth: Array, forecast: Array) -> float:
    """Mean absolute error of one series, [h] each."""
    return _mean_where(truth, np.abs(truth - forecast))


def rmse(truth: Array, forecast: Array) -> float:
    """Root mean squared error of one series, [h] each."""
    return float(np.sqrt(_mean_where(truth, (truth - forecast) ** 2)))


def smape(truth: Array, forecast: Array) -> float:
    """Symmetric mean absolute percentage error of one series, [h] each: 200 · |y − ŷ| / (|y| + |ŷ|), 0 for 0 / 0."""
    size = np.abs(truth) + np.abs(forecast)
    return _mean_where(truth, 200 * np.abs(truth - forecast) / np.where(size == 0, 1, size))


def mase(truth: Array, forecast: Array, history: Array, season: int) -> float:
    """Mean absolute scaled error of one series (Hyndman & Koehler, 2006): [h] each, and [T] of training part.

    NaN where the training part is constant at lag `season` or not longer than it.
    """
    scale = _seasonal_error(history, season)
    return mae(truth, forecast) / scale if scale > 0 else float("nan")


def _observed(truth: Sequence[Array], *others: Sequence[Array]) -> list[tuple[Array, ...]]:
    """The channels of all series, side by side, where at least one true value is there."""
    channels = zip(*(_channels(series) for series in (truth, *others)), strict=True)
    return [group for group in channels if not np.isnan(group[0]).all()]


def _channels(series: Sequence[Array]) -> list[Array]:
    return [channel for values in series for channel in values.reshape(len(values), -1).T]


def _seasonal_error(history: Array, season: int) -> float:
    gaps = history[season:] - history[:-season]
    return _mean_where(gaps, np.abs(gaps))


def _mean_where(truth: Array, values: NDArray[Any]) -> float:
    return _mean(values[~np.isnan(truth)])


def _mean(values: Sequence[float] | NDArray[Any]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
