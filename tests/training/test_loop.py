from __future__ import annotations

import random
import signal
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from tidegate.errors import ConfigurationError, DataError, TrainingInterrupted
from tidegate.training.history import Epoch
from tidegate.training.loop import evaluate, train


def test_it_learns(small: ModuleType) -> None:
    before = evaluate(small.model(), small.OBJECTIVE, small.VALID)["loss"]
    model = small.model()
    history = train(model, small.OBJECTIVE, small.TRAIN, small.VALID, small.settings(epochs=30))
    # The targets are a sum that this network can represent; a third of the initial loss is far from chance.
    assert evaluate(model, small.OBJECTIVE, small.VALID)["loss"] < before / 3
    assert history.epochs[-1].train["loss"] < history.epochs[0].train["loss"]


def test_the_same_seed_gives_the_same_result_and_another_seed_another(small: ModuleType) -> None:
    first = small.run(small.settings())
    torch.rand(5)
    assert small.run(small.settings()) == first
    assert small.run(small.settings(seed=6)) != first


def test_reporter_and_checkpoints_change_nothing(small: ModuleType, tmp_path: Path) -> None:
    plain = small.run(small.settings())
    assert small.run(small.settings(), reporter=small.Telling()) == plain
    assert small.run(small.settings(checkpoint_seconds=0.0), directory=tmp_path) == plain


def test_the_callers_random_state_and_the_models_mode_are_left_alone(small: ModuleType) -> None:
    torch.manual_seed(12)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tobytes()  # noqa: NPY002 - must not move
    model = small.model().eval()
    train(model, small.OBJECTIVE, small.TRAIN, small.VALID, small.settings(epochs=1))
    assert torch.equal(torch.get_rng_state(), states[0])
    assert random.getstate() == states[1]
    assert np.random.get_state()[1].tobytes() == states[2]  # noqa: NPY002 - as above
    assert not model.training
    assert all(weight.grad is None for weight in model.parameters())


@pytest.mark.parametrize("number", [1, 5, 7, 20])
def test_ctrl_c_saves_a_consistent_state_and_resume_goes_on(small: ModuleType, tmp_path: Path, number: int) -> None:
    handler = signal.getsignal(signal.SIGINT)
    reporter = small.Interrupting(number)
    with pytest.raises(TrainingInterrupted, match="resume") as caught:
        small.run(small.settings(), directory=tmp_path, reporter=reporter)
    assert str(tmp_path) in str(caught.value)
    assert (len(reporter.batches), reporter.closed) == (number, 1)
    assert signal.getsignal(signal.SIGINT) is handler
    after = small.Telling()
    assert small.run(small.settings(), directory=tmp_path, resume=True, reporter=after) == small.run(small.settings())
    assert len(after.batches) == 20 - number


def test_ctrl_c_without_a_folder_says_that_nothing_is_kept(small: ModuleType) -> None:
    with pytest.raises(TrainingInterrupted, match="nothing is kept, as no folder"):
        small.run(small.settings(), reporter=small.Interrupting(2))


def test_training_works_outside_the_main_thread(small: ModuleType) -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(small.run(small.settings())))
    thread.start()
    thread.join()
    assert found == [small.run(small.settings())]


def test_averages_over_uneven_batches_are_the_mean_over_all_terms(small: ModuleType) -> None:
    model = small.model().train()
    whole = evaluate(model, small.OBJECTIVE, small.TRAIN, batch_size=42)
    for size in (1, 5, 41):
        # Sums of the same float32 terms in another order: some units in the last place.
        assert evaluate(model, small.OBJECTIVE, small.TRAIN, batch_size=size) == pytest.approx(whole, rel=1e-5)
    assert model.training


def test_what_cannot_be_is_refused(small: ModuleType) -> None:
    model, none = small.model(), small.examples(0, seed=1)
    with pytest.raises(DataError, match="no examples to train on"):
        train(model, small.OBJECTIVE, none, None, small.settings())
    with pytest.raises(DataError, match="no validation examples"):
        train(model, small.OBJECTIVE, small.TRAIN, none, small.settings())
    with pytest.raises(ConfigurationError, match="patience=2 needs validation examples"):
        train(model, small.OBJECTIVE, small.TRAIN, None, small.settings(patience=2))
    with pytest.raises(ConfigurationError, match="resume=True needs the directory"):
        train(model, small.OBJECTIVE, small.TRAIN, None, small.settings(), resume=True)


@pytest.mark.parametrize("precision", ["64-true", "bf16-mixed", "bf16-true"])
def test_other_number_formats_train_and_resume(small: ModuleType, tmp_path: Path, precision: str) -> None:
    settings = small.settings(precision=precision, epochs=2)

    def finished(**options: Any) -> list[Epoch]:
        return train(small.model(), small.OBJECTIVE, small.TRAIN, small.VALID, settings, **options).epochs

    whole = finished()
    with pytest.raises(TrainingInterrupted):
        finished(directory=tmp_path, reporter=small.Interrupting(7))
    resumed = finished(directory=tmp_path, resume=True)
    assert [(epoch.train, epoch.valid) for epoch in resumed] == [(epoch.train, epoch.valid) for epoch in whole]


@pytest.mark.parametrize("precision", ["64-true", "bf16-true"])
def test_the_model_keeps_its_dtypes(small: ModuleType, precision: str) -> None:
    model = small.model()
    model.norm.double()
    before = {name: tensor.dtype for name, tensor in model.state_dict().items()}
    train(model, small.OBJECTIVE, small.TRAIN, small.VALID, small.settings(precision=precision, epochs=1))
    assert {name: tensor.dtype for name, tensor in model.state_dict().items()} == before
