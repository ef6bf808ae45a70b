from __future__ import annotations

import numpy as np

from benchmarks.recipes.adding import adding


def test_sums_are_of_the_marked_numbers_one_in_each_half():
    series, sums = adding(50, 20, 1)
    marked = series[:, :, 1] == 1
    assert (marked[:, :10].sum(1) == 1).all()
    assert (marked[:, 10:].sum(1) == 1).all()
    np.testing.assert_allclose(sums, (series[:, :, 0] * marked).sum(1))
