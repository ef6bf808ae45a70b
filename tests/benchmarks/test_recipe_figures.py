from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes.adding import adding
from benchmarks.recipes.arguments import read_arguments
from benchmarks.recipes.figures import over_seeds
from benchmarks.recipes.names import split
from tidegate.data.labelled_values import labelled_values


def test_a_recipe_is_told_its_folder_options_and_seeds():
    told = read_arguments(["data", "--seeds", "3", "epochs=4", "cell=lstm", "--seed", "5", "patience=null"])
    assert told.folder == Path("data")
    assert told.options == {"epochs": 4, "cell": "lstm", "patience": None}
    assert told.seeds == (5, 6, 7)
    assert read_arguments(["data"]).seeds == (0,)


def test_figures_of_several_seeds_have_a_mean_and_a_spread():
    told = over_seeds([{"accuracy": 0.9}, {"accuracy": 0.94}])["accuracy"]
    assert told["mean"] == pytest.approx(0.92)
    assert told["deviation"] == pytest.approx(0.04 / 2**0.5, abs=1e-5)  # five decimals are told
    assert set(over_seeds([{"accuracy": 0.9}])["accuracy"]) == {"each", "mean"}


def test_sums_are_of_the_marked_numbers_one_in_each_half():
    series, sums = adding(50, 20, 1)
    marked = series[:, :, 1] == 1
    assert (marked[:, :10].sum(1) == 1).all()
    assert (marked[:, 10:].sum(1) == 1).all()
    np.testing.assert_allclose(sums, (series[:, :, 0] * marked).sum(1))


def test_names_are_split_by_class_without_overlap():
    labels = ["a"] * 100 + ["b"] * 40
    parts = split(labelled_values([f"name {number}" for number in range(140)], labels))
    assert [(part.targets.count("a"), part.targets.count("b")) for part in parts] == [(80, 32), (10, 4), (10, 4)]
    assert len({text for part in parts for text in part.inputs}) == 140
