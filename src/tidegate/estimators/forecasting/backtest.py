"""Forecasts from the past compared with what came: the network beside the baselines, on rows it has not learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.counted import counted
from tidegate.data.panel import Panel, Series
from tidegate.errors import DataError
from tidegate.estimators.forecasting.baselines import baselines
from tidegate.estimators.forecasting.forecast_frame import Forecast, to_frame
from tidegate.estimators.forecasting.scores import IntervalScores, Scores, score, score_intervals

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Backtest:
    """Forecasts at several origins of each series, and how they score beside the naive, seasonal-naive and drift ones.

    model: the network's name in the tables; horizon: steps of each forecast; season: of seasonal naive and MASE;
    learnt: how many of the forecasts begin in rows that the network was trained on, which flatters it.
    """

    model: str
    panel: Panel
    horizon: int
    season: int
    forecasts: Sequence[Forecast]
    learnt: int = 0

    @property
    def scores(self) -> dict[str, Scores]:
        """Scores by name, the network first; each the mean over series and origins."""
        truth, history = [one.truth for one in self.forecasts], [one.history for one in self.forecasts]
        told = {self.model: [one.point for one in self.forecasts], **self.baselines}
        return {name: score(truth, points, history, self.season) for name, points in told.items()}

    @property
    def baselines(self) -> dict[str, list[Array]]:
        """Baseline forecasts by name, [h, K] for each of `forecasts`."""
        made: dict[str, list[Array]] = {}
        for one in self.forecasts:
            columns = [baselines(column, self.horizon, self.season) for column in one.history.T]
            for name in columns[0]:
                made.setdefault(name, []).append(np.stack([column[name] for column in columns], axis=1))
        return made

    @property
    def intervals(self) -> dict[float, IntervalScores]:
        """Coverage and mean width for each level."""
        truth = [one.truth for one in self.forecasts]
        levels = self.forecasts[0].bands
        return {
            level: score_intervals(truth, *zip(*(one.bands[level] for one in self.forecasts), strict=True))
            for level in levels
        }

    @property
    def metrics(self) -> dict[str, float]:
        """The network's scores by the field's names, as a program reads them."""
        mine = self.scores[self.model]
        return {"mae": mine.mae, "rmse": mine.rmse, "smape": mine.smape, "mase": mine.mase}

    def to_frame(self) -> Any:
        """Long form: series, time, `cutoff` (the last time known), the truth, and the forecast with its bounds."""
        return to_frame(self.panel, self.model, self.forecasts, with_truth=True)


def origins(series: Series, horizon: int, windows: int) -> list[int]:
    """Rows after which to forecast so that `windows` stretches of `horizon` steps end with the series, oldest first."""
    first = len(series) - horizon * windows
    if first < 1:
        asked = f"{counted(windows, 'window')} of {counted(horizon, 'step')}"
        raise DataError(
            f"series '{series.unique_id}' has {len(series)} rows, of which {asked} leave none to forecast from: take "
            "fewer windows or a shorter horizon"
        )
    return list(range(first, len(series), horizon))
