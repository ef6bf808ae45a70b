import re

import numpy as np

from tidegate.report.scatter import MOST_DOTS, scatter_chart


def test_every_example_is_a_dot():
    truth = np.random.default_rng(0).normal(size=30)
    chart = scatter_chart(truth, truth + 0.1)
    assert len(re.findall(r"h0", chart.drawing)) == 30
    assert chart.description.startswith("30 examples")


def test_of_many_some_are_shown_and_that_is_told():
    truth = np.random.default_rng(0).normal(size=3 * MOST_DOTS)
    chart = scatter_chart(truth, truth)
    assert len(re.findall(r"h0", chart.drawing)) == MOST_DOTS
    assert chart.description.startswith(f"{MOST_DOTS} of {3 * MOST_DOTS} examples")


def test_equal_numbers_are_drawn_too():
    assert "h0" in scatter_chart(np.ones(2), np.ones(2)).drawing
