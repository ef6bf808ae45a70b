from __future__ import annotations

import pytest

from benchmarks.recipes.figures import over_seeds, parts_over_seeds


def test_figures_of_several_seeds_have_a_mean_and_a_spread():
    told = over_seeds([{"accuracy": 0.9}, {"accuracy": 0.94}])["accuracy"]
    assert told["mean"] == pytest.approx(0.92)
    assert told["deviation"] == pytest.approx(0.04 / 2**0.5, abs=1e-5)  # five decimals are told
    assert set(over_seeds([{"accuracy": 0.9}])["accuracy"]) == {"each", "mean"}


def test_parts_are_told_each_by_itself():
    told = parts_over_seeds(
        [{"valid": {"f1": 0.5}, "test": {"f1": 0.25}}, {"valid": {"f1": 1.0}, "test": {"f1": 0.75}}]
    )
    assert {part: figures["f1"]["mean"] for part, figures in told.items()} == {"valid": 0.75, "test": 0.5}
