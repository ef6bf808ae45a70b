"""What residuals tell: their distribution and whether they remember their past."""

from __future__ import annotations

import math

import numpy as np

from tidegate.report.axes import extent
from tidegate.report.facts import FloatArray

FEWEST_BINS, MOST_BINS = 5, 40


def bin_edges(values: FloatArray) -> FloatArray:
    """Edges of 5 to 40 bins over finite values [N], N ≥ 1, as wide as Freedman and Diaconis (1981) advise."""
    low, high = extent(values)
    quarters = np.percentile(values, [25, 75])
    advised = 2 * float(quarters[1] - quarters[0]) / len(values) ** (1 / 3)
    if advised * MOST_BINS <= high - low:
        count = MOST_BINS if values.min() < values.max() else FEWEST_BINS
    else:
        count = max(math.ceil((high - low) / advised), FEWEST_BINS)
    return np.linspace(low, high, count + 1)


def autocorrelation(values: FloatArray, lags: int) -> FloatArray:
    """Autocorrelation at lags 1 … `lags` (fewer than N), [lags], of values [N] that may be missing (NaN).

    Pairs with a missing member are left out (Parzen, 1963); with none missing this is the usual biased estimate.
    NaN throughout where all values are equal or none is there.
    """
    present = np.isfinite(values)
    if not present.any() or np.ptp(values[present]) == 0:
        return np.full(lags, np.nan)
    centred = np.where(present, values - values[present].mean(), 0.0)
    shifts = range(1, lags + 1)
    products = np.array([centred[:-lag] @ centred[lag:] for lag in shifts])
    pairs = np.array([np.count_nonzero(present[:-lag] & present[lag:]) for lag in shifts])
    overlap = np.array([len(values) - lag for lag in shifts]) / len(values)
    mean_products = np.divide(products, pairs, out=np.full(lags, np.nan), where=pairs > 0)
    correlations: FloatArray = mean_products * overlap / np.mean(centred[present] ** 2)
    return correlations
