"""Forecasts as people take them away: a long frame of the kind the data came in, columns named as Nixtla's libraries do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tidegate.data.panel import Panel, Series
from tidegate.data.times import Times

Array = NDArray[np.float64]


class Forecast(NamedTuple):
    """The steps after the first `origin` rows of a series.

    times [h]; point [h, K]; bands: for each level in percent the lower and the upper bound, [h, K] each.
    """

    series: Series
    origin: int
    times: Times
    point: Array
    bands: Mapping[float, tuple[Array, Array]]

    @property
    def truth(self) -> Array:
        """What came, [h, K]; NaN where it is missing."""
        return self.series.target[self.origin : self.origin + len(self.point)]

    @property
    def history(self) -> Array:
        """What was there before, [origin, K]."""
        return self.series.target[: self.origin]

    def columns(self, model: str, targets: Sequence[str], with_truth: bool) -> dict[str, NDArray[Any]]:
        """Columns by name, [h] each."""
        columns: dict[str, NDArray[Any]] = {}
        if with_truth:
            columns["cutoff"] = np.repeat(self.series.times[self.origin - 1], len(self.point))
        for k, target in enumerate(targets):
            name = model if len(targets) == 1 else f"{target}-{model}"
            columns |= {target: self.truth[:, k]} if with_truth else {}
            columns[name] = self.point[:, k]
            for level, bounds in self.bands.items():
                names = bound_names(name, level)
                columns |= {column: bound[:, k] for column, bound in zip(names, bounds, strict=True)}
        return columns


def bound_names(name: str, level: float) -> tuple[str, str]:
    """What the lower and the upper bound of the forecast `name` are called."""
    return f"{name}-lo-{level:g}", f"{name}-hi-{level:g}"


def to_frame(panel: Panel, model: str, forecasts: Sequence[Forecast], *, with_truth: bool = False) -> Any:
    """One row per series and step; forecasts of one series stand together, in the panel's order.

    The forecast is called as the model is ("GRU"), after its target where there are several ("load-GRU").
    """
    parts = [one.columns(model, panel.columns.target, with_truth) for one in forecasts]
    groups = [[k for k, one in enumerate(forecasts) if one.series is series] for series in panel.series]
    times = [np.concatenate([forecasts[k].times for k in group]) for group in groups]
    values = {name: [np.concatenate([parts[k][name] for k in group]) for group in groups] for name in parts[0]}
    return panel.to_frame(times, values)
