"""A forecaster after training: everything that forecasts need, in the units of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.panel import Panel, Series
from tidegate.data.step import Step
from tidegate.errors import ConfigurationError
from tidegate.estimators.forecasting.engine import ForecastEngine, Start
from tidegate.estimators.forecasting.forecast_frame import Forecast
from tidegate.estimators.forecasting.intervals import ConformalErrors, check_level
from tidegate.estimators.forecasting.resolution import ResolvedOptions
from tidegate.models.encoder import LABELS
from tidegate.training.history import History

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
_CALIBRATION_FORECASTS = 2000  # errors enough for any level in use, soon enough made


@dataclass(frozen=True)
class Fitted:
    """What `fit` leaves behind.

    options: all filled in; errors: on the validation part, None where quantiles are learnt; recent: the last rows of
    each series, from which `predict` starts; learnt: for each series the last time that training or validation saw.
    """

    options: ResolvedOptions
    engine: ForecastEngine
    errors: ConformalErrors | None
    recent: Panel
    learnt: Mapping[str, Any]
    history: History
    fingerprint: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the forecast column is called: the cell's name, such as "GRU"."""
        return LABELS[self.options.cell]

    @property
    def horizon(self) -> int:
        return self.options.horizon

    @property
    def season(self) -> int:
        return self.options.season_length

    @property
    def usual_levels(self) -> tuple[float, ...]:
        """The levels learnt, or else 80 and 95."""
        return (80, 95) if self.errors is not None else self.options.levels

    def forecasts(
        self, starts: Sequence[Start], horizon: int, step: Step, levels: Sequence[float] = ()
    ) -> list[Forecast]:
        """One forecast of `horizon` steps for each start, `step` apart, with an interval for each level."""
        self.check_levels(levels)
        told = self.engine.forecast(starts, horizon)
        return [self._in_units(start, step, one, levels) for start, one in zip(starts, told, strict=True)]

    def check_levels(self, levels: Sequence[float]) -> None:
        """Raises ConfigurationError for a level that is no percentage, or that was to be learnt and was not."""
        for level in levels:
            check_level(level)
            if self.errors is None and level not in self.options.levels:
                learnt = ", ".join(f"{known:g}" for known in self.options.levels)
                raise ConfigurationError(
                    f"level={level:g} was not learnt; there are {learnt}, or intervals='conformal'"
                )

    def count_learnt(self, forecasts: Sequence[Forecast]) -> int:
        """How many of them begin in rows that training or validation saw."""
        known = [one for one in forecasts if one.series.unique_id in self.learnt]
        return sum(bool(one.times[0] <= self.learnt[one.series.unique_id]) for one in known)

    def _in_units(self, start: Start, step: Step, told: Floats, levels: Sequence[float]) -> Forecast:
        unscaled = self.engine.preparation.unscaled
        change = _target_change(self.engine, start)
        bands = {level: self._band(told, level, change) for level in levels}
        return Forecast(
            start.series,
            start.origin,
            step.after(start.series.times[start.origin - 1], len(told)),
            unscaled(start.seen, told[..., 0]),
            {level: (unscaled(start.seen, low), unscaled(start.seen, high)) for level, (low, high) in bands.items()},
        )

    def _band(self, told: Floats, level: float, change: Floats) -> tuple[Floats, Floats]:
        """Learnt quantiles that cross are put in order (Chernozhukov et al. 2010, arXiv:0704.3649)."""
        if self.errors is None:
            ordered = np.sort(told[..., 1:], axis=-1)
            place = sorted(self.options.levels, reverse=True).index(level)
            return ordered[..., place], ordered[..., -1 - place]
        reach = self.errors.half_widths(level, len(told)) * change
        return told[..., 0] - reach, told[..., 0] + reach


def calibration_errors(engine: ForecastEngine, panel: Panel, lengths: Sequence[int], horizon: int) -> ConformalErrors:
    """Errors of forecasts from every step of the validation rows, those after the first `lengths` rows of each series.

    Where there are more than 2,000 such steps, evenly spaced ones. Errors are in units of each series' usual changes;
    series that never changed have no part in them, unless all are such.
    """
    total = sum(len(series) - length for series, length in zip(panel.series, lengths, strict=True))
    stride = math.ceil(total / _CALIBRATION_FORECASTS)
    starts = [
        start_of(series, origin)
        for series, length in zip(panel.series, lengths, strict=True)
        for origin in range(length, len(series), stride)
    ]
    told = engine.forecast(starts, horizon)[..., 0]
    truth = np.stack([_scaled_truth(engine, start, horizon) for start in starts])
    unit = np.stack([_target_change(engine, start) for start in starts])[:, None]
    changing = unit > 0
    errors = np.abs(told - truth) / np.where(changing, unit, 1)
    return ConformalErrors(np.where(changing | ~changing.any(axis=0), errors, np.float32(np.nan)))


def _target_change(engine: ForecastEngine, start: Start) -> Floats:
    """The size of usual changes of the targets, [K]."""
    return engine.preparation.change_of(start.seen)[: start.series.target.shape[1]].astype(np.float32)


def start_of(series: Series, origin: int, seen: Series | None = None, known: Array | None = None) -> Start:
    """A forecast from row `origin` on; without `known`, no known covariates are told after the series' end."""
    return Start(series, origin, seen or series, np.zeros((0, series.known.shape[1])) if known is None else known)


def _scaled_truth(engine: ForecastEngine, start: Start, horizon: int) -> Floats:
    truth = np.full((horizon, start.series.target.shape[1]), np.nan, dtype=np.float32)
    came = start.series.target[start.origin : start.origin + horizon]
    truth[: len(came)] = engine.preparation.scaled(start.seen, came)
    return truth
