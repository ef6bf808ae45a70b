from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tidegate.data.panel import read_panel
from tidegate.estimators.forecasting.symmetry import all_positive, better_as_logarithm, better_as_logarithms

RNG = np.random.default_rng(0)
SKEWED = np.exp(RNG.normal(size=(200, 1)))
EVEN = 100 - np.exp(RNG.normal(size=(200, 1)))  # skewed the other way: logarithms make it worse


@pytest.mark.parametrize(
    ("values", "better"),
    [
        (SKEWED, True),
        (SKEWED * 1e120, True),
        (EVEN, False),
        (SKEWED - 1, False),
        (np.maximum(SKEWED - 0.5, 0), False),
        (np.concatenate([SKEWED, EVEN], axis=1), False),
        (np.concatenate([SKEWED, SKEWED * 7], axis=1), True),
        (np.where(RNG.random(SKEWED.shape) < 0.3, np.nan, SKEWED), True),
        (np.full((20, 1), 3.7), False),
        (np.array([[2.0]]), False),
    ],
)
def test_skewed_positive_values_are_better_as_logarithms(values, better):
    assert better_as_logarithm(values) is better


def panel_of(columns):
    parts = [pd.DataFrame({"unique_id": str(k), "ds": range(len(c)), "y": c[:, 0]}) for k, c in enumerate(columns)]
    return read_panel(pd.concat(parts, ignore_index=True))


def test_most_series_decide():
    assert better_as_logarithms(panel_of([SKEWED, EVEN, SKEWED]))
    assert not better_as_logarithms(panel_of([SKEWED, EVEN]))


def test_a_single_zero_is_not_positive_and_a_gap_is_no_zero():
    gaps = np.where(RNG.random(SKEWED.shape) < 0.3, np.nan, SKEWED)
    assert all_positive(panel_of([gaps, EVEN]))
    gaps[50] = 0
    assert not all_positive(panel_of([EVEN, gaps]))
