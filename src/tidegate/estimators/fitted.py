"""A forecaster after training: everything that forecasts need, in the units of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.panel import Panel, Series
from tidegate.errors import ConfigurationError
from tidegate.estimators.forecast_frame import Forecast
from tidegate.estimators.forecasting import ForecastEngine, Start
from tidegate.estimators.intervals import ConformalErrors, check_level
from tidegate.estimators.options import ForecasterOptions
from tidegate.training.history import History

Array = NDArray[np.float64]
_CALIBRATION_FORECASTS = 2000  # errors enough for any level in use, soon enough made


@dataclass(frozen=True)
class Fitted:
    """What `fit` leaves behind.

    options: all filled in; errors: on the validation part, None where quantiles are learnt; recent: the last rows of
    each series, from which `predict` starts; learnt: for each series the last time that training or validation saw.
    """

    options: ForecasterOptions
    engine: ForecastEngine
    errors: ConformalErrors | None
    recent: Panel
    learnt: Mapping[str, Any]
    history: History
    fingerprint: Mapping[str, Any]

    @property
    def horizon(self) -> int:
        return self.options.horizon or 1

    @property
    def season(self) -> int:
        return self.options.season_length or 1

    def forecasts(self, starts: Sequence[Start], horizon: int, levels: Sequence[float] = ()) -> list[Forecast]:
        """One forecast of `horizon` steps for each start, with an interval for each level."""
        self.check_levels(levels)
        told = self.engine.forecast(starts, horizon)
        return [self._in_units(start, one, levels) for start, one in zip(starts, told, strict=True)]

    def check_levels(self, levels: Sequence[float]) -> None:
        """Raises ConfigurationError for a level that is no percentage, or that was to be learnt and was not."""
        for level in levels:
            check_level(level)
            if self.errors is None and level not in self.options.levels:
                learnt = ", ".join(f"{known:g}" for known in self.options.levels)
                raise ConfigurationError(
                    f"level={level:g} was not learnt; there are {learnt}, or intervals='conformal'"
                )

    def _in_units(self, start: Start, told: NDArray[np.float32], levels: Sequence[float]) -> Forecast:
        unscaled = self.engine.preparation.unscaled
        bands = {level: self._band(told, level) for level in levels}
        times = self.recent.step.after(start.series.times[start.origin - 1], len(told))
        return Forecast(
            start.series,
            start.origin,
            times,
            unscaled(start.seen, told[..., 0]),
            {level: (unscaled(start.seen, low), unscaled(start.seen, high)) for level, (low, high) in bands.items()},
        )

    def _band(self, told: NDArray[np.float32], level: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self.errors is None:
            place = 1 + 2 * self.options.levels.index(level)
            pair = told[..., place : place + 2]
            return pair.min(axis=-1), pair.max(axis=-1)
        reach = self.errors.half_widths(level, len(told))
        return told[..., 0] - reach, told[..., 0] + reach


def calibration_errors(engine: ForecastEngine, panel: Panel, lengths: Sequence[int], horizon: int) -> ConformalErrors:
    """Errors of forecasts from every step of the validation rows, those after the first `lengths` rows of each series.

    Where there are more than 2,000 such steps, evenly spaced ones.
    """
    total = sum(len(series) - length for series, length in zip(panel.series, lengths, strict=True))
    stride = math.ceil(total / _CALIBRATION_FORECASTS)
    starts = [
        start_of(series, origin)
        for series, length in zip(panel.series, lengths, strict=True)
        for origin in range(length, len(series), stride)
    ]
    told = engine.forecast(starts, horizon)[..., 0]
    return ConformalErrors(np.abs(told - np.stack([_scaled_truth(engine, start, horizon) for start in starts])))


def start_of(series: Series, origin: int, seen: Series | None = None, known: Array | None = None) -> Start:
    """A forecast from row `origin` on; without `known`, the known covariates after the end of the series are missing."""
    return Start(series, origin, seen or series, np.zeros((0, series.known.shape[1])) if known is None else known)


def _scaled_truth(engine: ForecastEngine, start: Start, horizon: int) -> NDArray[np.float32]:
    truth = np.full((horizon, start.series.target.shape[1]), np.nan, dtype=np.float32)
    came = start.series.target[start.origin : start.origin + horizon]
    truth[: len(came)] = engine.preparation.scaled(start.seen, came)
    return truth
