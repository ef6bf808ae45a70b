"""Predicted numbers beside the true ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NumberPredictions:
    """True and predicted numbers, [N] each."""

    truth: Array
    predicted: Array

    @property
    def metrics(self) -> dict[str, float]:
        """mae, rmse and mse in the units of the data, and r2, the share of the variance that is explained.

        r2 is NaN where all true numbers are the same.
        """
        errors = self.truth - self.predicted
        mse = float(np.mean(errors**2))
        differing = self.truth.max() > self.truth.min()  # a variance of equal numbers may be rounding, above zero
        r2 = 1 - mse / float(self.truth.var()) if differing else float("nan")
        return {"mae": float(np.abs(errors).mean()), "rmse": mse**0.5, "mse": mse, "r2": r2}
