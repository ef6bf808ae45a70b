"""Ticks on an axis of time, at the round moments of clock and calendar."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from tidegate.report.facts import FloatArray, TimeArray
from tidegate.report.ticks import MOST, Tick, pick

SECOND = 1_000_000  # all times here are microseconds since 1970, as float64
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
MONDAY = 4 * DAY  # 1970-01-05
CLOCK_STEPS = [
    *(digit * 10**power for power in range(2, 6) for digit in (1, 2, 5)),
    *(count * SECOND for count in (1, 2, 5, 10, 15, 30)),
    *(count * MINUTE for count in (1, 2, 5, 10, 15, 30)),
    *(count * HOUR for count in (1, 2, 3, 6, 12)),
    *(count * DAY for count in (1, 2, 4, 7, 14)),
]
MONTH_STEPS = [1, 2, 3, 6, *(12 * digit * 10**power for power in range(5) for digit in (1, 2, 5))]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SMALLEST_SPAN = 1000.0


def coordinates(times: TimeArray) -> FloatArray:
    """Times as numbers on an axis: dates as microseconds since 1970, whole numbers as they are."""
    if times.dtype.kind == "M":
        return times.astype("datetime64[us]").astype(np.int64).astype(np.float64)
    return times.astype(np.float64)


def time_ticks(low: float, high: float, most: int = MOST) -> list[Tick]:
    """Round moments within [low, high], microseconds since 1970: three to nine, no more than `most` where possible.

    Needs high − low ≥ 1000: float64 tells no finer moments apart in all centuries.
    """
    by_clock = [(step, _by_clock(low, high, step)) for step in CLOCK_STEPS if (high - low) / step <= MOST + 1]
    by_month = [(step * 30 * DAY, _by_month(low, high, step)) for step in MONTH_STEPS if high - low > 60 * step * DAY]
    steps = [*by_clock, *by_month]
    positions = pick([ticks for _, ticks in steps], most)
    step = next(step for step, ticks in steps if ticks is positions)
    return _told(positions, step)


def moment(time: np.datetime64 | np.int64 | int) -> str:
    """A single time in words, as exact as it needs to be: a day without its midnight."""
    if not isinstance(time, np.datetime64):
        return str(int(time))
    words = str(np.datetime_as_string(time.astype("datetime64[us]")))
    return words.removesuffix(".000000").removesuffix(":00").removesuffix("T00:00").replace("T", " ")


def _by_clock(low: float, high: float, step: int) -> list[float]:
    start = MONDAY if step % (7 * DAY) == 0 else 0
    first, last = math.ceil((low - start) / step), math.floor((high - start) / step)
    return [float(start + count * step) for count in range(first, last + 1)]


def _by_month(low: float, high: float, step: int) -> list[float]:
    bounds = np.array([math.floor(low), math.ceil(high)], "datetime64[us]").astype("datetime64[M]").astype(np.int64)
    since_year_0 = bounds + 1970 * 12
    months = np.arange(since_year_0[0] // step * step, since_year_0[1] + 1, step)[: 2 * MOST]
    moments = coordinates((months - 1970 * 12).astype("datetime64[M]"))
    return [float(place) for place in moments if low <= place <= high]


def _told(positions: list[float], step: int) -> list[Tick]:
    told = [_words(position, step) for position in positions]
    contexts = [told[0][1], *(after[1] if after[1] != before[1] else "" for before, after in pairwise(told))]
    return [
        Tick(position, words, context) for position, (words, _), context in zip(positions, told, contexts, strict=True)
    ]


def _words(position: float, step: int) -> tuple[str, str]:
    """What is written at a tick and the larger unit it belongs to."""
    date, clock = str(np.datetime_as_string(np.int64(position).astype("datetime64[us]"))).split("T")
    year, month, day = date.rsplit("-", 2)
    name = MONTHS[int(month) - 1]
    if step < SECOND:
        return clock[6:].rstrip("0").rstrip("."), f"{clock[:5]} {int(day)} {name} {year}"
    if step < MINUTE:
        return clock[:8], f"{int(day)} {name} {year}"
    if step < DAY:
        return clock[:5], f"{int(day)} {name} {year}"
    if step < 30 * DAY:
        return f"{int(day)} {name}", year
    return (name, year) if step < 360 * DAY else (year, "")
