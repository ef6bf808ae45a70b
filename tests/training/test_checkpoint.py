from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from safetensors import safe_open
from torch import nn

from tidegate.errors import ConfigurationError, DataError, TrainingInterrupted
from tidegate.training import checkpoint
from tidegate.training.loop import train


def kill_often(small: ModuleType, folder: Path, times: int, seed: int) -> int:
    """Starts the program `times` times, each to be killed at a random moment; how often the kill came in time."""
    source, killed = random.Random(seed), 0
    program = [sys.executable, str(Path(str(small.__file__))), str(folder)]
    for _ in range(times):
        with subprocess.Popen(program, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(source.uniform(0, 1.2 / times))
            process.kill()
        killed += process.returncode == -signal.SIGKILL
    return killed


def killed_equals_uninterrupted(small: ModuleType, folder: Path, times: int) -> None:
    seed = int.from_bytes(os.urandom(4))
    killed = kill_often(small, folder, times, seed)
    resumed = small.run(small.LONG, directory=folder, resume=True)
    assert killed > 0, f"seed {seed}: training ended before every kill"
    assert resumed == small.run(small.LONG), f"seed {seed}"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_three_times_it_ends_as_if_never_stopped(small: ModuleType, tmp_path: Path) -> None:
    killed_equals_uninterrupted(small, tmp_path, 3)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_ten_times_it_ends_as_if_never_stopped(small: ModuleType, tmp_path: Path) -> None:
    killed_equals_uninterrupted(small, tmp_path, 10)


class PowerCut(BaseException):
    """Stands for a machine that stops at once."""


@pytest.mark.parametrize("seconds", [0.0, 1e6])
@pytest.mark.parametrize("settings", [{"schedule": "plateau", "plateau_patience": 1}, {"weight_decay": 0.1}])
def test_stopped_within_any_batch_it_ends_as_if_never_stopped(
    small: ModuleType, tmp_path: Path, settings: dict[str, Any], seconds: float
) -> None:
    chosen = small.settings(epochs=3, checkpoint_seconds=seconds, **settings)
    expected = small.run(chosen)
    calls = 3 * (5 + 2)  # five batches of training and two of validation in each epoch
    for fatal in range(0, calls, 2):
        objective = _failing_at(small.OBJECTIVE, fatal)
        with pytest.raises(PowerCut):
            small.run(chosen, objective, directory=tmp_path / str(fatal))
        assert small.run(chosen, _failing_at(small.OBJECTIVE, -1), directory=tmp_path / str(fatal), resume=True) == (
            expected
        ), fatal


def _failing_at(inner: Any, fatal: int) -> Any:
    count = -1

    def objective(model: nn.Module, batch: Any) -> Any:
        nonlocal count
        count += 1
        if count == fatal:
            raise PowerCut
        return inner(model, batch)

    return objective


def test_stopped_between_any_two_writes_it_ends_as_if_never_stopped(
    small: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = small.settings(epochs=2, checkpoint_seconds=0.0)
    expected = small.run(settings)
    write, fatal = checkpoint.write_atomically, 0
    while True:
        left = [fatal]

        def failing(path: Any, content: bytes, left: list[int] = left) -> Path:
            if left[0] == 0:
                raise PowerCut
            left[0] -= 1
            return write(path, content)

        monkeypatch.setattr(checkpoint, "write_atomically", failing)
        try:
            whole = small.run(settings, directory=tmp_path / str(fatal))
        except PowerCut:
            monkeypatch.setattr(checkpoint, "write_atomically", write)
            assert small.run(settings, directory=tmp_path / str(fatal), resume=True) == expected, fatal
            fatal += 1
        else:
            assert whole == expected
            break
    # Five batches and an end in each of two epochs, and the best weights at least once.
    assert fatal >= 13


def test_a_finished_training_is_only_loaded(small: ModuleType, tmp_path: Path) -> None:
    finished = small.run(small.settings(), directory=tmp_path)
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert small.run(small.settings(), _no_objective(small), directory=tmp_path, resume=True) == finished
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == files
    assert sorted(path.name for path in files) == ["best.safetensors", "last.safetensors"]


def _no_objective(small: ModuleType) -> Any:
    """An objective that prints like the real one, and so counts as the same, but must not be called."""

    class Silent:
        def __repr__(self) -> str:
            return repr(small.OBJECTIVE)

        def __call__(self, *_: Any) -> Any:
            raise AssertionError("a finished training went on")

    return Silent()


def test_best_holds_the_weights_that_training_ends_with(small: ModuleType, tmp_path: Path) -> None:
    weights, _ = small.run(small.settings(), directory=tmp_path)
    with safe_open(tmp_path / "best.safetensors", framework="pt") as file:
        names = file.keys()
        assert {name: file.get_tensor(name).numpy().tobytes() for name in names} == weights


def test_without_resume_an_earlier_training_is_replaced(small: ModuleType, tmp_path: Path) -> None:
    small.run(small.settings(learning_rate=0.5), directory=tmp_path)
    assert small.run(small.settings(), directory=tmp_path) == small.run(small.settings())


def test_resume_with_nothing_there_starts_from_the_beginning(small: ModuleType, tmp_path: Path) -> None:
    assert small.run(small.settings(), directory=tmp_path / "new", resume=True) == small.run(small.settings())


def test_the_time_between_checkpoints_may_change(small: ModuleType, tmp_path: Path) -> None:
    finished = small.run(small.settings(), directory=tmp_path)
    assert small.run(small.settings(checkpoint_seconds=0.5), directory=tmp_path, resume=True) == finished


def test_other_settings_are_refused_by_name(small: ModuleType, tmp_path: Path) -> None:
    small.run(small.settings(), directory=tmp_path)
    with pytest.raises(ConfigurationError, match=r"last\.safetensors: began with learning_rate=0\.02, not 0\.1"):
        small.run(small.settings(learning_rate=0.1), directory=tmp_path, resume=True)


def test_other_data_network_or_objective_are_refused(small: ModuleType, tmp_path: Path) -> None:
    small.run(small.settings(), directory=tmp_path)
    options: Any = {"directory": tmp_path, "resume": True}
    other, settings = small.examples(42, seed=9), small.settings()
    with pytest.raises(DataError, match="other training data"):
        train(small.model(), small.OBJECTIVE, other, small.VALID, settings, **options)
    with pytest.raises(DataError, match="other validation data"):
        train(small.model(), small.OBJECTIVE, small.TRAIN, None, settings, **options)
    wider = small.model()
    wider.rnn.dropout = 0.5
    with pytest.raises(ConfigurationError, match="another network"):
        train(wider, small.OBJECTIVE, small.TRAIN, small.VALID, settings, **options)
    with pytest.raises(ConfigurationError, match="another objective"):
        small.run(settings, small.Supervised(small.Regression("mae")), **options)


def test_tied_and_frozen_weights_survive(small: ModuleType, tmp_path: Path) -> None:
    def tied() -> nn.Module:
        with small.seeded(8):
            first, second = nn.Linear(2, 2), nn.Linear(2, 2)
            model = nn.Sequential(first, second, nn.Linear(2, 1))
        second.weight = first.weight
        second.bias.requires_grad_(False)
        return model

    def finished(**options: Any) -> Any:
        model = tied()
        history = train(model, small.OBJECTIVE, small.TRAIN, small.VALID, small.settings(), **options)
        return small.facts(model, history)

    class Stop(small.Announcer):  # type: ignore[misc,name-defined]  # a module loaded by path has no types
        def epoch(self, *_: Any) -> None:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(TrainingInterrupted):
        finished(directory=tmp_path, reporter=Stop())
    assert finished(directory=tmp_path, resume=True) == finished()


def test_a_file_where_the_folder_should_be_is_told(small: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigurationError, match="a file is in the way"):
            small.run(small.settings(), directory=folder)
