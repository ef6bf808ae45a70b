"""Whether values had better be seen as logarithms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def better_as_logarithm(values: NDArray[np.float64]) -> bool:
    """Whether [T, K] are all above zero and, in each channel, their logarithms are spread more evenly.

    Changes that are shares of the level (sales, passengers, load) make a skewed spread that logarithms straighten.
    """
    return all(_is_straightened(channel[~np.isnan(channel)]) for channel in values.T)


def _is_straightened(values: NDArray[np.float64]) -> bool:
    return bool((values > 0).all()) and abs(_skewness(np.log(values))) < abs(_skewness(values))


def _skewness(values: NDArray[np.float64]) -> float:
    centred = values - values.mean()
    spread = centred.std()
    return float((centred**3).mean() / spread**3) if spread > 0 else 0.0
