import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.report.figures import best, column, signed


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=6))
def test_every_figure_has_three_digits_at_least(numbers: list[float]) -> None:
    for number, words in zip(numbers, column(numbers), strict=True):
        # Half of the third digit: at most 0.5 % of the number.
        assert float(words.replace(",", "")) == pytest.approx(number, rel=5.0001e-3)


def test_a_column_has_equal_decimals() -> None:
    assert column([18.237, 1024.052, math.nan, 0.0]) == ["18.2", "1,024.1", "–", "0.0"]


def test_far_from_one() -> None:
    assert column([2.5e-7, 1e-6]) == ["2.50e-07", "1.00e-06"]
    assert column([3.2e12]) == ["3.20e+12"]
    assert column([0.0, math.nan]) == ["0", "–"]


def test_the_smallest_is_best_and_ties_share() -> None:
    assert best([2.0, 1.0, math.nan, 1.0]) == [False, True, False, True]
    assert best([math.nan, math.inf]) == [False, False]


def test_a_minus_sign_is_one() -> None:
    assert signed(-np.pi) == "−3.14"
