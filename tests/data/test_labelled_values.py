import numpy as np
import pandas as pd
import polars as pl
import pytest

from tidegate.data.labelled_values import labelled_values
from tidegate.errors import DataError

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("X", "shapes"),
    [
        (RANDOM.normal(size=(3, 5)), [(5, 1)] * 3),
        (RANDOM.normal(size=(3, 5, 2)), [(5, 2)] * 3),
        ([RANDOM.normal(size=4), [1, 2]], [(4, 1), (2, 1)]),
        ([RANDOM.normal(size=(4, 2)), RANDOM.normal(size=(1, 2))], [(4, 2), (1, 2)]),
        (np.arange(6).reshape(2, 3), [(3, 1)] * 2),
    ],
)
def test_arrays_are_series(X, shapes):
    assert [one.shape for one in labelled_values(X).inputs] == shapes


@pytest.mark.parametrize("X", [["a b", "c"], np.array(["a b", "c"]), pd.Series(["a b", "c"]), pl.Series(["a b", "c"])])
def test_texts_are_texts(X):
    records = labelled_values(X, np.array([1, 0]))
    assert (list(records.inputs), records.targets) == (["a b", "c"], (1, 0))


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_frames_are_as_files(kind):
    texts = kind({"text": ["a", "b"], "label": ["x", "y"]})
    assert labelled_values(texts).targets == ("x", "y")
    assert labelled_values(texts[["text"]], [1, 2]).targets == (1, 2)
    assert labelled_values(texts, labelled=False).targets is None
    series = kind({"id": [1, 1, 2], "x": [0.5, 1.5, 2.5], "label": ["u", "u", "v"]})
    assert [one.shape for one in labelled_values(series).inputs] == [(2, 1), (1, 1)]


@pytest.mark.parametrize(
    ("X", "words"),
    [
        ("a text", "a str is no collection of examples"),
        (7, "a int is no collection of examples"),
        (np.zeros((2, 3, 4, 5)), r"an array of shape \(2, 3, 4, 5\); give \[N, T\]"),
        ([np.zeros((2, 3, 4))], r"row 0: an array of shape \(2, 3, 4\)"),
        ([[1, 2], ["a", "b"]], "row 1: neither a text nor an array of numbers"),
    ],
)
def test_what_is_no_collection_of_examples_is_told(X, words):
    with pytest.raises(DataError, match=words):
        labelled_values(X)


def test_what_is_given_is_not_shared():
    given = np.zeros((2, 3))
    labelled_values(given).inputs[0][0] = 9.0
    assert not given.any()
