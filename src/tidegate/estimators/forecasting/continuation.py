"""Rows that come after those a forecaster knows: put behind them, and scored as forecasts from there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tidegate.data.grid import show_time
from tidegate.data.panel import Panel, Series
from tidegate.data.step import Step
from tidegate.errors import DataError
from tidegate.estimators.forecasting.fitted import Fitted, start_of
from tidegate.estimators.forecasting.forecast_frame import Forecast
from tidegate.estimators.forecasting.scores import score

Array = NDArray[np.float64]


def new_forecasts(fitted: Fitted, panel: Panel) -> list[Forecast]:
    """Forecasts of all rows of the panel that were not learnt, in stretches of the horizon, the last perhaps shorter.

    Each stretch is forecast from all rows before it: the panel's own, and before them those `fitted` has seen last.
    Raises DataError for a series that was not learnt and for one without new rows.
    """
    whole = continued(fitted.recent, panel)
    starts = []
    for series in whole.series:
        first = _first_new(fitted, series)
        origins = range(first, len(series), fitted.horizon)
        starts += [start_of(series, origin, seen=series.until(first)) for origin in origins]
    made = fitted.forecasts(starts, fitted.horizon, panel.step)
    return [one._replace(times=one.times[: len(one.truth)], point=one.point[: len(one.truth)]) for one in made]


def mean_mase(forecasts: Sequence[Forecast], season: int) -> float:
    """MASE, a mean over the forecasts. Raises DataError where none of them has one."""
    truth, points = [one.truth for one in forecasts], [one.point for one in forecasts]
    mase = score(truth, points, [one.history for one in forecasts], season).mase
    if not math.isfinite(mase):
        raise DataError(
            f"the new rows have no MASE: none of their values is observed, or the values before them are fewer than a "
            f"season ({season}) and one, or never change; give more rows to learn from, or a shorter season_length"
        )
    return mase


def continued(known: Panel, panel: Panel) -> Panel:
    """The panel, with what is known of each series before its first row; rows absent in between are missing."""
    before = {series.unique_id: series for series in known.series}
    joined = [
        _joined(before[one.unique_id], one, known.step) if one.unique_id in before else one for one in panel.series
    ]
    return replace(panel, series=tuple(joined))


def followed(known: Panel, panel: Panel) -> tuple[Panel, list[int]]:
    """The known rows with those of the panel behind them, and how many of each series were known.

    Raises DataError for series that stand in one of them alone, and where no row is later than those known.
    """
    for one, other, told in ((known, panel, "no later rows"), (panel, known, "later rows, but none before them")):
        if missing := [name for name in one.ids if name not in other.ids]:
            raise DataError(f"series '{missing[0]}' has {told}; give both, or leave it out")
    whole = replace(continued(known, panel), notes=tuple(dict.fromkeys((*known.notes, *panel.notes))))
    ends = {series.unique_id: series.times[-1] for series in known.series}
    counts = [int(np.searchsorted(one.times, ends[one.unique_id], side="right")) for one in whole.series]
    for series, count in zip(whole.series, counts, strict=True):
        if count == len(series):
            last = show_time(ends[series.unique_id])
            raise DataError(f"series '{series.unique_id}' has no row after {last}, where those learnt from end")
    return whole, counts


def _first_new(fitted: Fitted, series: Series) -> int:
    if series.unique_id not in fitted.learnt:
        raise DataError(
            f"series '{series.unique_id}' was not learnt, so its rows go on from nothing: sort the rows of all series "
            "by time before a TimeSeriesSplit; evaluate(frame) scores series never met"
        )
    last = fitted.learnt[series.unique_id]
    first = int(np.searchsorted(series.times, last, side="right"))
    if first == len(series):
        raise DataError(
            f"series '{series.unique_id}' has no row after {show_time(last)}, the last that was learnt, so nothing new "
            "is there to score; give later rows, in cross-validation by cv=TimeSeriesSplit()"
        )
    return first


def _joined(old: Series, new: Series, step: Step) -> Series:
    old = old.until(int(np.searchsorted(old.times, new.times[0])))
    if not len(old):
        return new
    last, first = old.times[-1], new.times[0]
    absent = int(step.count(last, first)) - 1
    if absent < 0 or step.at(last, absent + 1) != first:
        raise DataError(
            f"series '{new.unique_id}': {show_time(first)} is off the grid (step: {step}) of the rows before it, which "
            f"end at {show_time(last)}; mend the time"
        )
    return replace(
        new,
        times=np.concatenate([old.times, step.after(last, absent), new.times]),
        target=_stacked(old.target, new.target, absent),
        past=_stacked(old.past, new.past, absent),
        known=_stacked(old.known, new.known, absent),
    )


def _stacked(old: Array, new: Array, absent: int) -> Array:
    return np.concatenate([old, np.full((absent, new.shape[1]), np.nan), new])
