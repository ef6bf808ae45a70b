"""What every estimator must do, whatever its task. One that is new is found by itself and needs an example here."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone

import tidegate
import tidegate.estimators
from tidegate.errors import ConfigurationError, NotFittedError, TidegateError


def series(rows: int = 40) -> dict[str, Any]:
    import polars as pl

    values = np.random.default_rng(0).normal(size=rows)
    return {"frame": pl.DataFrame({"ds": range(rows), "y": values})}


def tagged_sentences() -> dict[str, Any]:
    source = np.random.default_rng(0)
    tokens = [
        [str(word) for word in source.choice(["a", "b", "C", "d"], length)] for length in source.integers(2, 6, 12)
    ]
    return {"X": tokens, "y": [["N" if word.isupper() else "V" for word in sentence] for sentence in tokens]}


def lines() -> dict[str, Any]:
    source = np.random.default_rng(0)
    return {"X": ["".join(source.choice(list("abc "), 12)) for _ in range(20)]}


def music() -> dict[str, Any]:
    source = np.random.default_rng(0)
    return {"X": [(source.random((length, 88)) < 0.1).astype(np.uint8) for length in source.integers(4, 9, 10)]}


# For each estimator: options that make it small, what fit takes, and its answer as an array.
EXAMPLES: dict[str, tuple[dict[str, Any], Callable[[], dict[str, Any]], Callable[[Any], Any]]] = {
    "Forecaster": (
        {"hidden_size": 4, "epochs": 2, "window": 8, "horizon": 3},
        series,
        lambda estimator: estimator.predict(5)["GRU"].to_numpy(),
    ),
    "LanguageModel": (
        {"hidden_size": 4, "epochs": 2, "batch_size": 2, "segment": 8},
        lines,
        lambda estimator: estimator.predict(lines()["X"]),
    ),
    "PolyphonyModel": (
        {"hidden_size": 4, "epochs": 2},
        music,
        lambda estimator: estimator.predict(music()["X"]),
    ),
    "SequenceTagger": (
        {"hidden_size": 4, "epochs": 2, "min_count": 1},
        tagged_sentences,
        lambda estimator: np.concatenate(estimator.predict_proba(tagged_sentences()["X"])),
    ),
}


def discovered() -> dict[str, type]:
    """Public classes of tidegate.estimators that can be fitted and saved."""
    found = {}
    for module in pkgutil.iter_modules(tidegate.estimators.__path__, "tidegate.estimators."):
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            own = kind.__module__ == module.name and not name.startswith("_")
            if own and not inspect.isabstract(kind) and hasattr(kind, "fit") and hasattr(kind, "save"):
                found[name] = kind
    return found


ESTIMATORS = discovered()
every = pytest.mark.parametrize("name", list(ESTIMATORS))


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def made(name: str, **options: Any) -> Any:
    return ESTIMATORS[name](**{**EXAMPLES[name][0], **options})


def fitted(name: str, **options: Any) -> Any:
    return made(name, **options).fit(**EXAMPLES[name][1]())


def answer(estimator: Any) -> Any:
    return EXAMPLES[type(estimator).__name__][2](estimator)


def test_every_estimator_has_an_example_and_is_public():
    assert set(ESTIMATORS) == set(EXAMPLES)
    assert set(ESTIMATORS) <= set(tidegate.__all__)


@every
def test_its_text_makes_it_again(name):
    estimator = made(name)
    again = eval(repr(estimator), {name: ESTIMATORS[name]})
    assert again.get_params() == estimator.get_params()
    assert repr(ESTIMATORS[name]()) == f"{name}()"


@every
def test_every_option_can_be_read_set_and_cloned(name):
    estimator = made(name)
    options = estimator.get_params()
    assert EXAMPLES[name][0].items() <= options.items()
    assert ESTIMATORS[name](**options).get_params() == options
    assert ESTIMATORS[name]().set_params(**options).get_params() == options
    assert clone(estimator).get_params() == options


@every
def test_an_unknown_option_is_answered_with_the_nearest(name):
    for call in (ESTIMATORS[name], made(name).set_params):
        with pytest.raises(ConfigurationError, match=r"no option 'hiden_size'; did you mean 'hidden_size'\?"):
            call(hiden_size=4)


@every
def test_an_impossible_value_is_answered_with_what_would_do(name):
    with pytest.raises(ConfigurationError, match="hidden_size=0: input should be greater than 0"):
        made(name, hidden_size=0)


@every
def test_before_fit_it_says_so(name, tmp_path):
    estimator = made(name)
    for call in (answer, lambda e: e.save(tmp_path / "model.safetensors"), lambda e: e.history_):
        with pytest.raises(NotFittedError, match="fit"):
            call(estimator)
    assert list(tmp_path.iterdir()) == []


@every
def test_fit_gives_itself_and_leaves_its_options(name):
    estimator = made(name)
    before = estimator.get_params()
    assert estimator.fit(**EXAMPLES[name][1]()) is estimator
    assert estimator.get_params() == before
    assert len(estimator.history_) == before["epochs"]


@every
def test_one_seed_gives_one_answer_whatever_the_callers_random_state(name):
    answers = []
    for caller in (1, 2):
        torch.manual_seed(caller)
        np.random.seed(caller)  # noqa: NPY002 - the legacy state is what a caller may have set
        before = torch.get_rng_state()
        answers.append(answer(fitted(name, seed=3)))
        assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(*answers)
    assert not np.array_equal(answers[0], answer(fitted(name, seed=4)))


@every
def test_fitted_again_it_is_as_fitted_once(name):
    estimator = fitted(name)
    once = answer(estimator)
    assert np.array_equal(answer(estimator.fit(**EXAMPLES[name][1]())), once)


@every
def test_a_saved_one_answers_the_same(name, tmp_path):
    estimator = fitted(name)
    path = estimator.save(tmp_path / "model.safetensors")
    for again in (ESTIMATORS[name].load(path), tidegate.load(path)):
        assert type(again) is ESTIMATORS[name]
        assert np.array_equal(answer(again), answer(estimator))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(TidegateError, match=r"model.safetensors: damaged or cut short"):
        tidegate.load(path)


@every
def test_answering_changes_nothing(name):
    estimator = fitted(name)
    assert np.array_equal(answer(estimator), answer(estimator))
