"""Prediction intervals by split conformal prediction: as wide as past forecasts were wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import ConfigurationError


@dataclass(frozen=True)
class ConformalErrors:
    """Absolute errors [N, h, K] of N forecasts on data not learnt from, in scaled units; NaN where no truth is known.

    The interval of level p at step j reaches as far to both sides as the ⌈(n + 1)·p⌉-th smallest of the n errors at
    that step (Vovk et al. 2005; Lei et al. 2018, arXiv:1604.04173). That covers a share of at least p if errors are
    exchangeable; errors of one series, from overlapping stretches, are so only roughly. With fewer than p/(1 − p)
    errors the largest stands in, and coverage is not promised. Beyond the h steps measured, widths grow from the
    last of them by the square root of time, as a random walk's do.
    """

    errors: NDArray[np.float32]

    def half_widths(self, level: float, horizon: int) -> NDArray[np.float32]:
        """Half the width of the interval that holds `level` percent, [horizon, K] in scaled units."""
        check_level(level)
        measured = np.maximum.accumulate([self._quantile(level / 100, step) for step in range(self.errors.shape[1])])
        steps = np.arange(1, horizon + 1)
        inside = np.minimum(steps, len(measured))
        growth = np.sqrt(steps / inside)[:, None]
        return np.asarray(measured[inside - 1] * growth, dtype=np.float32)

    def enough_for(self, level: float) -> bool:
        """Whether there are errors enough at every step for `level` percent to be promised."""
        counts = (~np.isnan(self.errors)).sum(axis=0)
        return bool(np.ceil((counts.min() + 1) * level / 100) <= counts.min())

    def _quantile(self, share: float, step: int) -> NDArray[np.float32]:
        ordered = np.sort(self.errors[:, step], axis=0)  # NaN goes last
        counts = (~np.isnan(ordered)).sum(axis=0)
        rank = np.minimum(np.ceil((counts + 1) * share).astype(np.int64), counts) - 1
        return np.asarray(np.take_along_axis(ordered, rank[None], axis=0)[0])


def check_level(level: float) -> None:
    """Raises ConfigurationError for a level that is no percentage."""
    if not 0 < level < 100:
        raise ConfigurationError(f"level={level}: a level is a percentage between 0 and 100, for instance 95")
