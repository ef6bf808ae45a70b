"""What every estimator must do, whatever its task. One that is new is found by itself and needs an example here."""

from __future__ import annotations

import copy
import importlib
import inspect
import pkgutil
import signal
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from tests.contracts.examples import EXAMPLES

import tidegate
import tidegate.estimators
from tidegate.errors import ConfigurationError, DataError, NotFittedError, TidegateError, TrainingInterrupted
from tidegate.training.progress import Place, Silent


def discovered() -> dict[str, type]:
    """Public classes of tidegate.estimators that can be fitted and saved."""
    found = {}
    for module in pkgutil.walk_packages(tidegate.estimators.__path__, "tidegate.estimators."):
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
    return ESTIMATORS[name](**{**EXAMPLES[name].options, **options})


def fitted(name: str, **options: Any) -> Any:
    return made(name, **options).fit(**EXAMPLES[name].data())


def given(name: str) -> tuple[Any, Any]:
    """Inputs and targets as scikit-learn takes them: by place."""
    data = EXAMPLES[name].data()
    return data.get("X", data.get("frame")), data.get("y")


def answer(estimator: Any) -> Any:
    return EXAMPLES[type(estimator).__name__].answer(estimator)


def test_every_estimator_has_an_example_and_is_public():
    assert set(ESTIMATORS) == set(EXAMPLES)
    assert all(example.bad for example in EXAMPLES.values())
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
    assert EXAMPLES[name].options.items() <= options.items()
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
    assert estimator.fit(**EXAMPLES[name].data()) is estimator
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
    assert np.array_equal(answer(estimator.fit(**EXAMPLES[name].data())), once)


@every
def test_it_is_scored_cross_validated_and_searched(name):
    estimator, split = made(name, epochs=1), EXAMPLES[name].split
    inputs, targets = given(name)
    scores = cross_val_score(estimator, inputs, targets, cv=split, error_score="raise")
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()
    sizes = {"hidden_size": [3, estimator.get_params()["hidden_size"]]}
    search = GridSearchCV(estimator, sizes, cv=split, error_score="raise").fit(inputs, targets)
    told = search.cv_results_["mean_test_score"]
    assert told[1] == pytest.approx(scores.mean(), rel=1e-12)  # the same trainings, their mean taken in another way
    assert search.best_params_["hidden_size"] == sizes["hidden_size"][int(np.argmax(told))]
    assert search.best_estimator_.get_params() == {**estimator.get_params(), **search.best_params_}
    answer(search.best_estimator_)
    with pytest.raises(NotFittedError, match="fit"):
        estimator.score(inputs, targets)


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


@every
def test_equal_trainings_give_equal_files(name, tmp_path):
    paths = [fitted(name).save(tmp_path / f"{number}.safetensors") for number in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


@every
def test_what_it_is_given_stays_as_it_is(name):
    data = EXAMPLES[name].data()
    before = copy.deepcopy(data)
    answer(made(name).fit(**data))
    assert_same(data, before)


@every
def test_stopped_and_resumed_it_is_as_never_stopped(name, tmp_path):
    with pytest.raises(TrainingInterrupted, match="resume"):
        made(name).fit(**EXAMPLES[name].data(), directory=tmp_path, reporter=Interrupting())
    resumed = made(name).fit(**EXAMPLES[name].data(), directory=tmp_path, resume=True)
    assert np.array_equal(answer(resumed), answer(fitted(name)))


@pytest.mark.parametrize(("name", "words"), [(name, words) for name in EXAMPLES for words in EXAMPLES[name].bad])
def test_data_that_cannot_be_used_are_told(name, words):
    estimator = made(name)
    with pytest.raises(DataError, match=words):
        estimator.fit(**EXAMPLES[name].bad[words])
    with pytest.raises(NotFittedError):
        answer(estimator)


class Interrupting(Silent):
    """Presses Ctrl-C when the first batch is done."""

    def batch(self, place: Place, samples: int, loss: float, /) -> None:  # noqa: ARG002 - the protocol has them
        if place.batch == 1 and place.epoch == 0:
            signal.raise_signal(signal.SIGINT)


def assert_same(given: Any, before: Any) -> None:
    """Also of arrays within lists, and of frames."""
    if isinstance(given, dict):
        assert given.keys() == before.keys()
        for key in given:
            assert_same(given[key], before[key])
    elif isinstance(given, list | tuple):
        assert len(given) == len(before)
        for one, other in zip(given, before, strict=True):
            assert_same(one, other)
    elif hasattr(given, "equals"):
        assert given.equals(before)
    else:
        assert np.array_equal(given, before)
