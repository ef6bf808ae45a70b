import numpy as np
import pytest

from tidegate.report.thinning import thin

COLUMNS = 100


@pytest.fixture
def walk() -> np.ndarray:
    return np.cumsum(np.random.default_rng(3).normal(size=10_000))


def test_short_lines_are_kept_whole(walk: np.ndarray) -> None:
    np.testing.assert_array_equal(thin(np.arange(400.0), walk[:400], columns=COLUMNS), np.arange(400))


def test_each_column_keeps_its_first_last_lowest_and_highest(walk: np.ndarray) -> None:
    kept = thin(np.arange(10_000.0), walk, columns=COLUMNS)
    assert len(kept) <= 4 * COLUMNS
    assert (np.diff(kept) > 0).all()
    column = np.minimum(np.arange(10_000) // (9999 / COLUMNS), COLUMNS - 1)
    for number in range(COLUMNS):
        whole, left = walk[column == number], walk[kept[column[kept] == number]]
        assert (left[0], left[-1], left.min(), left.max()) == (whole[0], whole[-1], whole.min(), whole.max())


def test_a_gap_stays_a_gap(walk: np.ndarray) -> None:
    walk[4_000:4_500] = np.nan
    kept = thin(np.arange(10_000.0), walk, columns=COLUMNS)
    inside = kept[(kept >= 4_000) & (kept < 4_500)]
    assert len(inside) >= 1
    assert np.isnan(walk[inside]).all()
    assert np.isfinite(walk[kept]).sum() <= 4 * COLUMNS


def test_nothing_but_gaps() -> None:
    kept = thin(np.arange(10_000.0), np.full(10_000, np.nan), columns=COLUMNS)
    assert 1 <= len(kept) <= COLUMNS


def test_lines_thinned_together_keep_the_extremes_of_both(walk: np.ndarray) -> None:
    lower, upper = walk - 3, walk[::-1] + 3
    kept = thin(np.arange(10_000.0), lower, upper, columns=COLUMNS)
    assert lower[kept].min() == lower.min()
    assert upper[kept].max() == upper.max()
