"""Whether values had better be seen as logarithms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tidegate.data.panel import Panel

_LEAST_RATIO = 1.1  # of the greatest value to the least: below it logarithms are as straight as the values


def better_as_logarithms(panel: Panel) -> bool:
    """Whether most series are, as `better_as_logarithm` tells."""
    return 2 * sum(better_as_logarithm(series.target) for series in panel.series) > len(panel.series)


def all_positive(panel: Panel) -> bool:
    """Whether every observed target is above zero."""
    return not any(bool((series.target <= 0).any()) for series in panel.series)


def better_as_logarithm(values: NDArray[np.float64]) -> bool:
    """Whether [T, K] are all above zero and, in each channel, their logarithms are spread more evenly.

    Changes that are shares of the level (sales, passengers, load) make a skewed spread that logarithms straighten.
    Each channel needs an observed value.
    """
    return all(_is_straightened(channel[~np.isnan(channel)]) for channel in values.T)


def _is_straightened(values: NDArray[np.float64]) -> bool:
    if not ((values > 0).all() and values.max() > _LEAST_RATIO * values.min()):
        return False
    return abs(_skewness(np.log(values))) < abs(_skewness(values))


def _skewness(values: NDArray[np.float64]) -> float:
    centred = values - values.mean()
    spread = centred.std()
    return float(((centred / spread) ** 3).mean()) if spread > 0 else 0.0
