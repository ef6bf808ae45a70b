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
from tidegate.data.times import Times
from tidegate.errors import ConfigurationError, DataError

Array = NDArray[np.float64]


def read_future(source: Any, columns: Columns, step: Step, series: Sequence[Series], horizon: int) -> list[Array]:
    """The known covariates [horizon, Q] of the steps after each series' end.

    source: a path or frame as `read_panel` takes. Rows of other times and series are passed over. Raises DataError
    where a series or a step is not told of, and ConfigurationError for a source that the model has no use for.
    """
    if not columns.known:
        if source is not None:
            raise ConfigurationError(
                "a future is given, but training knew of no columns known ahead: leave it out, or name them to `fit`, "
                "known= in Python, --known in the shell"
            )
        return [np.zeros((horizon, 0))] * len(series)
    if source is None:
        raise DataError(
            f"the model knows {_listed(columns.known)} ahead of time: give their values for the {horizon} steps to "
            "come, future= in Python, --future in the shell"
        )
    wanted = Columns.of(id=columns.id, time=columns.time, target=columns.known)
    told = {one.unique_id: one for one in read_panel(source, columns=wanted, step=step).series}
    return [_after(one, told.get(one.unique_id), step, horizon) for one in series]


def _after(series: Series, told: Series | None, step: Step, horizon: int) -> Array:
    times = step.after(series.times[-1], horizon)
    if told is None:
        raise DataError(f"the future has no rows for series '{series.unique_id}'; give {horizon} of them")
    first = int(np.searchsorted(told.times, times[0]))
    if not np.array_equal(told.times[first : first + horizon], times):
        raise DataError(
            f"series '{series.unique_id}': the future runs {_span(told.times)}, but the {horizon} steps ({step}) "
            f"{_span(times)} are needed"
        )
    return told.target[first : first + horizon]


def _span(times: Times) -> str:
    return f"from {show_time(times[0])} to {show_time(times[-1])}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
