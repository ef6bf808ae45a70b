from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.recipes.arguments import read_arguments


def test_a_recipe_is_told_its_folder_options_and_seeds():
    told = read_arguments(["data", "--seeds", "3", "epochs=4", "cell=lstm", "--seed", "5", "patience=null"])
    assert told.folder == Path("data")
    assert told.options == {"epochs": 4, "cell": "lstm", "patience": None}
    assert told.seeds == (5, 6, 7)
    assert read_arguments(["data"]).seeds == (0,)


def test_values_are_json_where_they_can_be():
    told = read_arguments(["data", "tied=false", "learning_rate=1e-3", "stop=a=b"])
    assert told.options == {"tied": False, "learning_rate": 1e-3, "stop": "a=b"}


@pytest.mark.parametrize("words", [["epochs"], ["--seed"], ["--seeds", "x"]])
def test_other_words_are_refused(words):
    with pytest.raises((ValueError, IndexError)):
        read_arguments(["data", *words])
