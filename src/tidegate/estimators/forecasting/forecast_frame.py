"""Forecasts as people take them away: a long frame of the kind the data came in, with Nixtla's column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tidegate.data.columns import Columns
from tidegate.data.panel import Panel, Series
from tidegate.data.times import Times
from tidegate.errors import DataError

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

    def columns(self, model: str, targets: Sequence[str], with_truth: bool) -> list[tuple[str, NDArray[Any]]]:
        """Columns with their names, [h] each."""
        columns: list[tuple[str, NDArray[Any]]] = []
        if with_truth:
            columns.append(("cutoff", np.repeat(self.series.times[self.origin - 1], len(self.point))))
        for k, target in enumerate(targets):
            name = model if len(targets) == 1 else f"{target}-{model}"
            columns += [(target, self.truth[:, k])] if with_truth else []
            columns.append((name, self.point[:, k]))
            for level, bounds in self.bands.items():
                names = bound_names(name, level)
                columns += [(column, bound[:, k]) for column, bound in zip(names, bounds, strict=True)]
        return columns


def bound_names(name: str, level: float) -> tuple[str, str]:
    """What the lower and the upper bound of the forecast `name` are called."""
    return f"{name}-lo-{level:g}", f"{name}-hi-{level:g}"


def to_frame(panel: Panel, model: str, forecasts: Sequence[Forecast], *, with_truth: bool = False) -> Any:
    """One row per series and step; forecasts of one series stand together, in the panel's order.

    The forecast is called as the model is ("GRU"), after its target where there are several ("load-GRU").
    """
    groups: dict[int, list[Forecast]] = {id(series): [] for series in panel.series}
    for one in forecasts:
        groups[id(one.series)].append(one)
    times = [np.concatenate([one.times for one in group]) for group in groups.values()]
    values: dict[str, list[NDArray[Any]]] = {}
    for group in groups.values():
        parts = [one.columns(model, panel.columns.target, with_truth) for one in group]
        for name, columns in _aligned(parts, panel.columns):
            values.setdefault(name, []).append(np.concatenate(columns))
    return panel.to_frame(times, values)


def _aligned(
    parts: Sequence[Sequence[tuple[str, NDArray[Any]]]], columns: Columns
) -> list[tuple[str, list[NDArray[Any]]]]:
    """Each name with its column of every part. Raises DataError for a name that the caller's frame has taken."""
    names = [name for name, _ in parts[0]]
    twice = [name for place, name in enumerate(names) if name in (columns.id, columns.time, *names[:place])]
    if twice:
        raise DataError(f"column '{twice[0]}' is called as a column of the forecast is; rename it")
    return [(name, [part[place][1] for part in parts]) for place, name in enumerate(names)]
