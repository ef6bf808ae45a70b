"""The distance between two neighbouring times of a series, and what follows from it: future times, season, calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tidegate.data.times import Times
from tidegate.errors import DataError

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_SHORTEST_MONTH = 28 * _DAY
_DURATIONS = {"week": _WEEK, "day": _DAY, "hour": _HOUR, "minute": _MINUTE, "second": _SECOND, "microsecond": 1}
_PERIODS = {"year": 12, "quarter": 3, "month": 1}
_CYCLES = {"hour_of_day": _DAY, "day_of_week": _WEEK, "day_of_year": 365 * _DAY}


@dataclass(frozen=True)
class Step:
    """`size` whole numbers, microseconds or calendar months.

    `day` is the day of the month that calendar steps keep to, the last day of shorter months standing in for it: with
    31 they run from month end to month end. Two steps that differ in nothing else are equal.
    """

    unit: Literal["number", "microsecond", "month"]
    size: int
    day: int | None = field(default=None, compare=False)

    @classmethod
    def infer(cls, runs: Sequence[Times]) -> Step:
        """The most common distance between neighbours in these series, each in time order; the shortest of equals.

        Raises DataError where no series has two times.
        """
        gaps = np.concatenate([np.diff(run) for run in runs])
        if not len(gaps):
            raise DataError("one row per series does not tell how far apart the times are; give at least two")
        times = np.concatenate(runs)
        if times.dtype.kind != "M":
            return cls("number", _most_common(gaps))
        months = np.concatenate([np.diff(_month(run)) for run in runs])
        if np.median(gaps.astype(np.int64)) >= _SHORTEST_MONTH and months.any() and _keep_to_a_day(times):
            return cls("month", _most_common(months[months > 0]), month_day(times))
        return cls("microsecond", _most_common(gaps.astype(np.int64)))

    def at(self, start: Any, count: Any) -> Any:
        """The time `count` steps from `start`; either may be an array, and they broadcast."""
        if self.unit == "number":
            return start + np.multiply(count, self.size)
        if self.unit == "microsecond":
            return start + np.multiply(count, self.size).astype("timedelta64[us]")
        month = (_month(start) + np.multiply(count, self.size)).astype("datetime64[M]")
        first = month.astype("datetime64[D]")
        last_day = ((month + 1).astype("datetime64[D]") - first).astype(np.int64)
        day = np.minimum(self.day or 1, last_day) - 1
        return (first + day).astype("datetime64[us]") + (start - _date(start))

    def after(self, last: Any, h: int) -> Times:
        """The `h` times that follow `last`, shape [h]."""
        times: Times = self.at(last, np.arange(1, h + 1))
        return times

    def count(self, start: Any, end: Any) -> Any:
        """How many whole steps lie between `start` and `end`; either may be an array."""
        if self.unit == "number":
            return (end - start) // self.size
        if self.unit == "month":
            return (_month(end) - _month(start)) // self.size
        return (end - start).astype(np.int64) // self.size

    @property
    def season_length(self) -> int:
        """Steps in the season usual for this grid (a day below a day, a week of days, a year above); 1 for none."""
        if self.unit == "number":
            return 1
        if self.unit == "month":
            return _parts(12, self.size)
        if self.size % _WEEK == 0:
            return _parts(52, self.size // _WEEK)
        cycle = _HOUR if self.size < _MINUTE else _DAY if self.size < _DAY else _WEEK
        return _parts(cycle, self.size)

    @property
    def cycles(self) -> dict[str, float]:
        """How many steps each cycle of the calendar takes, by name; those longer than a step alone."""
        if self.unit == "number":
            return {}
        lengths = {"month_of_year": 12} if self.unit == "month" else _CYCLES
        return {name: length / self.size for name, length in lengths.items() if self.size < length}

    @property
    def calendar_names(self) -> tuple[str, ...]:
        """What the columns of `calendar` are called."""
        return tuple(f"{name}_{wave}" for name in self.cycles for wave in ("sin", "cos"))

    def calendar(self, times: Times) -> NDArray[np.float64]:
        """Where each time stands in the cycles longer than a step, as sine and cosine: [T] → [T, C]."""
        phases = [2 * np.pi * _PHASES[name](times) for name in self.cycles]
        waves = [wave(phase) for phase in phases for wave in (np.sin, np.cos)]
        return np.stack(waves, axis=-1) if waves else np.zeros((len(times), 0))

    def __str__(self) -> str:
        if self.unit == "number":
            return str(self.size)
        names = _PERIODS if self.unit == "month" else _DURATIONS
        name, length = next((name, length) for name, length in names.items() if self.size % length == 0)
        count = self.size // length
        return name if count == 1 else f"{count} {name}s"


def month_day(times: Times) -> int:
    """The day of the month calendar steps through these times keep to: 31 if all are month ends, else the commonest."""
    days = _day_of_month(times)
    month_end = _day_of_month(_date(times) + np.timedelta64(1, "D")) == 1
    return 31 if month_end.all() else -_most_common(-days)


def _keep_to_a_day(times: Times) -> bool:
    """Whether most times do; the others are slips, to be named against the grid of months."""
    return bool(np.mean(Step("month", 1, month_day(times)).at(times, 0) == times) > 0.5)


def _most_common(gaps: NDArray[Any]) -> int:
    values, counts = np.unique(gaps, return_counts=True)
    return int(values[np.argmax(counts)])


def _parts(cycle: int, size: int) -> int:
    return cycle // size if cycle % size == 0 else 1


def _date(times: Any) -> Any:
    return times.astype("datetime64[D]")


def _month(times: Any) -> Any:
    return times.astype("datetime64[M]").astype(np.int64)


def _day_of_month(times: Any) -> Any:
    return (_date(times) - times.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1


def _month_of_year(times: Times) -> NDArray[np.float64]:
    return np.asarray(_month(times) % 12 / 12)


def _time_of_day(times: Times) -> NDArray[np.float64]:
    return np.asarray(times.astype(np.int64) % _DAY / _DAY)


def _time_of_week(times: Times) -> NDArray[np.float64]:
    """From Monday on: the epoch, 1 January 1970, was a Thursday."""
    return np.asarray((times.astype(np.int64) + 3 * _DAY) % _WEEK / _WEEK)


def _time_of_year(times: Times) -> NDArray[np.float64]:
    year = times.astype("datetime64[Y]")
    start, end = (when.astype("datetime64[us]").astype(np.int64) for when in (year, year + 1))
    return np.asarray((times.astype(np.int64) - start) / (end - start))


_PHASES: dict[str, Callable[[Times], NDArray[np.float64]]] = {
    "month_of_year": _month_of_year,
    "hour_of_day": _time_of_day,
    "day_of_week": _time_of_week,
    "day_of_year": _time_of_year,
}
