from __future__ import annotations

import pytest

from benchmarks.recipes.settings import chosen


def test_words_become_options():
    words = ["cell=gru", "epochs=3", "--seed", "7", "patience=null", "tied=false", "learning_rate=1e-3", "stop=a=b"]
    expected = {"cell": "gru", "epochs": 3, "seed": 7, "patience": None, "tied": False, "learning_rate": 1e-3}
    assert chosen(words) == {**expected, "stop": "a=b"}
    assert chosen([]) == {}


@pytest.mark.parametrize("words", [["epochs"], ["--seed"], ["--seed", "x"]])
def test_other_words_are_refused(words):
    with pytest.raises((ValueError, IndexError)):
        chosen(words)
