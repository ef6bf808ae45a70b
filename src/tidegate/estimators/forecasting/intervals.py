"""Prediction intervals by split conformal prediction: as wide as past forecasts were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import ConfigurationError, DataError

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class ConformalErrors:
    """Absolute errors [N, h, K] of N forecasts on data not learnt from; NaN where no truth is known.

    They are in units of each series' usual changes, so that quiet and lively series share them.

    The interval of level p at step j reaches as far to both sides as the ⌈(n + 1)·p⌉-th smallest of the n errors at
    that step (Vovk et al. 2005; Lei et al. 2018, arXiv:1604.04173). That covers a share of at least p if errors are
    exchangeable; errors of one series, from overlapping stretches, are so only roughly. With fewer than p/(1 − p)
    errors the largest stands in, and coverage is not promised. No width is less than that of a step before. Beyond the
    last step with an error, widths grow by the square root of time, as a random walk's do.
    """

    errors: Floats

    def half_widths(self, level: float, horizon: int) -> Floats:
        """Half the width of the interval that holds `level` percent, [horizon, K] in scaled units.

        Raises DataError for a target of which not one error is known.
        """
        check_level(level)
        widths = [self._half_width(level, target, horizon) for target in range(self.errors.shape[2])]
        return np.stack(widths, axis=1).astype(np.float32)

    def enough_for(self, level: float) -> bool:
        """Whether there are errors enough at every step for `level` percent to be promised."""
        counts = self._counts
        return bool((_rank(counts, level) <= counts).all())

    @property
    def _counts(self) -> NDArray[np.int64]:
        """How many errors are known of each step and target, [h, K]."""
        return np.asarray((~np.isnan(self.errors)).sum(axis=0), dtype=np.int64)

    def _half_width(self, level: float, target: int, horizon: int) -> NDArray[np.float64]:
        known = np.flatnonzero(self._counts[:, target])
        if not len(known):
            raise DataError(
                f"no interval of target number {target + 1}: nothing of it is observed in the validation part, so no "
                "error is known; leave level out, or fit with a larger validation share"
            )
        counts = self._counts[known, target]
        ordered = np.sort(self.errors[:, known, target], axis=0)  # NaN goes last
        measured = ordered[np.minimum(_rank(counts, level), counts) - 1, np.arange(len(known))]
        steps = np.arange(horizon)
        latest = np.searchsorted(known, steps, side="right") - 1
        growth = np.sqrt((steps + 1) / np.minimum(steps + 1, known[-1] + 1))
        return np.asarray(np.maximum.accumulate(measured)[np.maximum(latest, 0)] * growth)


def check_level(level: Any) -> None:
    """Raises ConfigurationError for a level that is no percentage."""
    if isinstance(level, bool) or not isinstance(level, int | float | np.number) or not 0 < level < 100:
        raise ConfigurationError(f"level={level!r}: a level is a percentage between 0 and 100, for instance 95")


def _rank(counts: NDArray[np.int64], level: float) -> NDArray[np.int64]:
    """Which of so many errors, the smallest being the first, is as large as a level asks."""
    return np.ceil((counts + 1) * level / 100).astype(np.int64)
