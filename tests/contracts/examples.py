"""A tiny example of every estimator: options that make it small, data, its answer as an array, and data it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from sklearn.model_selection import TimeSeriesSplit

Data = dict[str, Any]  # the keywords of `fit`


@dataclass(frozen=True)
class Example:
    """What the contracts need of an estimator.

    options: make it a matter of a moment. data: what `fit` takes, made anew at each call. answer: of a trained one, as
    an array. bad: data that are refused, with what the message says of them. split: as scikit-learn's `cv`.
    """

    options: Mapping[str, Any]
    data: Callable[[], Data]
    answer: Callable[[Any], Any]
    bad: Mapping[str, Data] = field(default_factory=dict)
    split: Any = 2


def series(rows: int = 40) -> Data:
    values = np.random.default_rng(0).normal(size=rows)
    return {"frame": pl.DataFrame({"ds": range(rows), "y": values})}


def tagged_sentences() -> Data:
    source = np.random.default_rng(0)
    tokens = [
        [str(word) for word in source.choice(["a", "b", "C", "d"], length)] for length in source.integers(2, 6, 12)
    ]
    return {"X": tokens, "y": [["N" if word.isupper() else "V" for word in sentence] for sentence in tokens]}


def lines() -> Data:
    source = np.random.default_rng(0)
    return {"X": ["".join(source.choice(list("abc "), 12)) for _ in range(20)]}


def music() -> Data:
    source = np.random.default_rng(0)
    return {"X": [(source.random((length, 88)) < 0.1).astype(np.uint8) for length in source.integers(4, 9, 10)]}


def ragged_series(count: int = 24) -> list[np.ndarray]:
    source = np.random.default_rng(0)
    return [source.normal(size=(length, 2)) for length in source.integers(3, 9, count)]


def classified() -> Data:
    inputs = ragged_series()
    return {"X": inputs, "y": ["up" if one.sum() > 0 else "down" for one in inputs]}


def measured() -> Data:
    inputs = ragged_series()
    return {"X": inputs, "y": [float(one.mean()) for one in inputs]}


def with_gap() -> list[np.ndarray]:
    inputs = ragged_series()
    inputs[5][1, 0] = np.nan
    return inputs


def reversed_pairs() -> Data:
    source = np.random.default_rng(0)
    words = [
        [str(word) for word in source.choice(["a", "b", "c", "d"], length)] for length in source.integers(2, 6, 24)
    ]
    return {"X": words, "y": [one[::-1] for one in words]}


EXAMPLES: dict[str, Example] = {
    "Forecaster": Example(
        {"hidden_size": 4, "epochs": 2, "window": 8, "horizon": 3},
        series,
        lambda estimator: estimator.predict(5)["GRU"].to_numpy(),
        {r"2 rows to fit on": series(2)},
        TimeSeriesSplit(2),
    ),
    "LanguageModel": Example(
        {"hidden_size": 4, "epochs": 2, "batch_size": 2, "segment": 8},
        lines,
        lambda estimator: estimator.predict(lines()["X"]),
        {"empty": {"X": [""]}},
    ),
    "PolyphonyModel": Example(
        {"hidden_size": 4, "epochs": 2},
        music,
        lambda estimator: estimator.predict(music()["X"]),
        {"88": {"X": [np.zeros((5, 3), np.uint8)]}},
    ),
    "SequenceTagger": Example(
        {"hidden_size": 4, "epochs": 2, "min_count": 1},
        tagged_sentences,
        lambda estimator: np.concatenate(estimator.predict_proba(tagged_sentences()["X"])),
        {"2 tokens": {"X": [["a", "b"], ["c"]], "y": [["N"], ["V"]]}},
    ),
    "SequenceClassifier": Example(
        {"hidden_size": 4, "epochs": 2},
        classified,
        lambda estimator: estimator.predict_proba(ragged_series()),
        {
            r"all 24 examples have the label 'up'": {"X": ragged_series(), "y": ["up"] * 24},
            r"row 5, channel 0, step 1: the value is missing": {"X": with_gap(), "y": classified()["y"]},
            r"row 1: the text is empty": {"X": ["a b", " ", "c"], "y": [0, 1, 0]},
            r"row 2: 1 channel, where row 0 has 2": {
                "X": [*ragged_series(2), np.zeros((3, 1))],
                "y": [0, 1, 0],
            },
            r"24 examples but 3 targets": {"X": ragged_series(), "y": [0, 1, 0]},
            r"there are no examples": {"X": [], "y": []},
        },
    ),
    "SequenceRegressor": Example(
        {"hidden_size": 4, "epochs": 2},
        measured,
        lambda estimator: estimator.predict(ragged_series()),
        {
            r"row 3: the target 'much' is not a number": {"X": ragged_series(4), "y": ["1", "2", "3", "much"]},
            r"row 1: the target nan|row 1: the label is missing": {"X": ragged_series(2), "y": [1.0, float("nan")]},
            r"all \d+ targets learnt from: 2": {"X": ragged_series(), "y": [2.0] * 24},
        },
    ),
    "Translator": Example(
        {"hidden_size": 4, "epochs": 2, "embedding_size": 4},
        reversed_pairs,
        lambda estimator: np.array([found[0].score for found in estimator.translate(reversed_pairs()["X"])]),
        {
            r"X has 24 sources and y 1 target;": {**reversed_pairs(), "y": [["a"]]},
            r"pair 1: the target is empty": {"X": ["a", "b"], "y": ["x", " "]},
            r"pair 1: the source is a text, those before are lists of tokens": {"X": [["a"], "b"], "y": ["x", "y"]},
            r"have no targets": {"X": ["a", "b"]},
            r"there are no sources": {"X": [], "y": []},
        },
    ),
}
