"""What callers hand to an estimator, read and checked: frames, and numbers of steps and windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np

from tidegate.data.columns import Columns
from tidegate.data.nearest import nearest
from tidegate.data.panel import Panel, read_panel
from tidegate.errors import ConfigurationError
from tidegate.estimators.options import ForecasterOptions


class ColumnNames(TypedDict, total=False):
    """Which columns play which part, where the frame does not tell by itself; see `tidegate.data.columns.Columns`."""

    id: str
    time: str
    target: str | Sequence[str]
    past: str | Sequence[str]
    known: str | Sequence[str]
    static: str | Sequence[str]


def as_panel(frame: Any, columns: Mapping[str, Any]) -> Panel:
    """The frame read and checked; a Panel as it is."""
    parts = list(ColumnNames.__annotations__)
    for name in columns:
        if name in ForecasterOptions.model_fields:
            raise ConfigurationError(f"{name}= is an option of Forecaster(…), not of the frame")
        if name not in parts:
            raise ConfigurationError(f"no part of a frame is called '{name}'{nearest(name, parts)}")
    return frame if isinstance(frame, Panel) else read_panel(frame, columns=Columns.of(**columns))


def check_count(name: str, value: Any) -> int:
    """Raises ConfigurationError for what is no whole number from 1 up."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ConfigurationError(f"{name}={value!r}: give a whole number from 1 up")
    return int(value)


def check_list(name: str, value: Any) -> tuple[Any, ...]:
    """Raises ConfigurationError for a single value where several may stand."""
    if isinstance(value, str) or not np.iterable(value):
        raise ConfigurationError(f"{name}={value!r}: give a list, {name}=[{value!r}]")
    return tuple(value)
