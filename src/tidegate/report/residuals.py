"""What residuals tell: their distribution and whether they remember their past."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def autocorrelation(runs: Sequence[FloatArray], lags: int) -> FloatArray:
    """Autocorrelation at lags 1 … `lags`, [lags], of runs [N_i] whose values may be missing (NaN).

    Only values of the same run are paired. Pairs with a missing member are left out (Parzen, 1963); of one run with
    none missing this is the usual biased estimate. NaN throughout where all values are equal or none is there.
    """
    known = np.concatenate([run[np.isfinite(run)] for run in runs])
    if not len(known) or np.ptp(known) == 0:
        return np.full(lags, np.nan)
    centred = [run - known.mean() for run in runs]
    paired = [np.concatenate([run[:-lag] * run[lag:] for run in centred]) for lag in range(1, lags + 1)]
    total = sum(map(len, runs))
    means = [_mean_of_known(products) * len(products) / total for products in paired]
    return np.asarray(np.array(means) / known.var())


def _mean_of_known(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan
