import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.report.residuals import autocorrelation, bin_edges


def test_autocorrelation_is_the_textbook_one() -> None:
    values = np.random.default_rng(1).normal(3, 2, 50)
    centred = values - values.mean()
    expected = [sum(centred[i] * centred[i + lag] for i in range(50 - lag)) / (centred**2).sum() for lag in (1, 2, 3)]
    # Sums of fifty products in another order: a few units in the last place.
    np.testing.assert_allclose(autocorrelation([values], 3), expected, rtol=1e-12, atol=1e-14)


def test_a_season_shows_through_gaps() -> None:
    values = np.sin(2 * np.pi * np.arange(240) / 12) + np.random.default_rng(2).normal(0, 0.1, 240)
    values[::7] = np.nan
    correlations = autocorrelation([values], 12)
    assert correlations[11] > 0.8  # a pure sine would have (240 − 12) / 240 = 0.95
    assert correlations[5] < -0.8


@pytest.mark.parametrize("values", [np.full(10, 4.2), np.full(10, np.nan), np.array([np.nan, 1.0, np.nan, np.nan])])
def test_undefined_where_nothing_varies(values: np.ndarray) -> None:
    assert np.isnan(autocorrelation([values], 2)).all()


def test_the_end_of_a_series_is_not_followed_by_the_next() -> None:
    source = np.random.default_rng(3)
    runs = [source.normal(size=30), source.normal(size=20)]
    everything = np.concatenate(runs)
    centred = [run - everything.mean() for run in runs]
    inside = sum(run[:-1] @ run[1:] for run in centred) / (50 * everything.var())
    # The same sums in another order: a few units in the last place.
    np.testing.assert_allclose(autocorrelation(runs, 1), [inside], rtol=1e-12)
    assert np.isnan(autocorrelation([run[:3] for run in runs], 3)[2])  # no run is that long


def test_undefined_at_a_lag_without_pairs() -> None:
    correlations = autocorrelation([np.array([1.0, np.nan, 3.0, np.nan, 2.0])], 2)
    assert np.isnan(correlations[0])
    assert np.isfinite(correlations[1])


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60))
def test_bins_hold_everything(numbers: list[float]) -> None:
    values = np.array(numbers)
    edges = bin_edges(values)
    assert 5 <= len(edges) - 1 <= 40
    assert (np.diff(edges) > 0).all()
    assert np.histogram(values, edges)[0].sum() == len(values)
