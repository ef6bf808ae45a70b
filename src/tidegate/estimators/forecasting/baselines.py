"""Forecasts that take no learning, beside which every learnt one has to stand (Hyndman & Athanasopoulos, fpp3, 5.2).

Each takes the history [T] of one series, in which values may be missing (NaN), to a forecast [h]. A history without any
observed value gives NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def naive(history: Array, h: int) -> Array:
    """The last observed value, `h` times."""
    observed = history[~np.isnan(history)]
    return np.full(h, observed[-1] if len(observed) else np.nan)


def seasonal_naive(history: Array, h: int, season: int) -> Array:
    """The last observed value at the same place in the season; the naive forecast at places never observed."""
    ahead = len(history) + np.arange(h)
    last = np.array([naive(history[place::season], 1)[0] for place in range(season)])
    seasonal = last[ahead % season]
    return np.where(np.isnan(seasonal), naive(history, h), seasonal)


def drift(history: Array, h: int) -> Array:
    """The line through the first and the last observed value, drawn on; flat with only one observed."""
    observed = np.flatnonzero(~np.isnan(history))
    if len(observed) < 2:
        return naive(history, h)
    first, last = observed[0], observed[-1]
    slope = (history[last] - history[first]) / (last - first)
    return np.asarray(history[last] + slope * (len(history) + np.arange(h) - last))


def baselines(history: Array, h: int, season: int) -> dict[str, Array]:
    """All of them by name: "naive", "seasonal naive" and "drift"."""
    return {
        "naive": naive(history, h),
        "seasonal naive": seasonal_naive(history, h, season),
        "drift": drift(history, h),
    }
