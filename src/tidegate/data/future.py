"""Known covariates of the steps to come, given by the user for a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.columns import Columns
from tidegate.data.grid import show_time
from tidegate.data.panel import Series, read_panel
from tidegate.data.step import Step
from tidegate.errors import DataError

Array = NDArray[np.float64]


def read_future(source: Any, columns: Columns, step: Step, series: Sequence[Series], horizon: int) -> list[Array]:
    """The known covariates [horizon, Q] of the steps after each series' end, from a path or frame as `read_panel` takes.

    Rows of other times and series are passed over. Raises DataError where a series or a step is not told of.
    """
    if not columns.known:
        return [np.zeros((horizon, 0))] * len(series)
    if source is None:
        raise DataError(
            f"the model knows {_listed(columns.known)} ahead of time: give their values for the {horizon} steps to come, "
            "future= in Python, --future in the shell"
        )
    wanted = Columns.of(id=columns.id, time=columns.time, target=columns.known)
    told = {one.unique_id: one for one in read_panel(source, columns=wanted, step=step).series}
    return [_after(one, told.get(one.unique_id), step, horizon) for one in series]


def _after(series: Series, told: Series | None, step: Step, horizon: int) -> Array:
    times = step.after(series.times[-1], horizon)
    if told is None:
        raise DataError(f"the future has no rows for series '{series.unique_id}'; give {horizon} of them")
    first = int(step.count(told.times[0], times[0])) if told.times[0] <= times[0] else -1
    if first < 0 or len(told) < first + horizon:
        raise DataError(
            f"series '{series.unique_id}': the future runs from {show_time(told.times[0])} to {show_time(told.times[-1])}, "
            f"but {horizon} steps from {show_time(times[0])} to {show_time(times[-1])} are needed"
        )
    return told.target[first : first + horizon]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
