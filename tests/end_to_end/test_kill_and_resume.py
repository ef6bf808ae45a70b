import json
import signal
import time

import numpy as np
import pytest

from tidegate.artefact.file import load

EPOCHS = 40
KILLED_BY = 20  # at the latest after this epoch: as many still to come leave no doubt that the kill was in time
TRAINING = [
    *["--epochs", EPOCHS, "--horizon", 6, "--json"],
    *["--set", "patience=none", "--set", "input_dropout=0.2", "--set", "hidden_size=8"],
    *["--set", "batch_size=16", "--set", "checkpoint_seconds=0.03"],
]


@pytest.fixture
def train(start, sales):
    return lambda folder, *options: start("fit", "forecast", sales, "--out", folder, *TRAINING, *options)


def finished(process):
    told, complaints = process.communicate()
    assert process.returncode == 0, complaints
    return json.loads(told)


def kill_in_training(process, rng):
    """After a random epoch, and a random while into the next ones."""
    epoch = int(rng.integers(5, KILLED_BY))
    for line in process.stderr:
        if line.startswith(f"epoch {epoch}/"):
            break
    time.sleep(rng.uniform(0, 0.05))
    process.send_signal(signal.SIGKILL)
    process.communicate()


def content(path):
    """All that a model file holds but the clock: when it was made, and how long each epoch took."""
    artefact = load(path)
    history = json.loads(artefact.metrics["training"])
    for epoch in history:
        del epoch["seconds"]
    facts = (artefact.kind, artefact.configuration, artefact.preprocessing, artefact.fingerprint, artefact.version)
    return facts, {**artefact.metrics, "training": history}, artefact.tensors


def assert_same(path, other):
    *facts, tensors = content(path)
    *other_facts, other_tensors = content(other)
    assert facts == other_facts
    assert tensors.keys() == other_tensors.keys()
    for name, tensor in tensors.items():
        assert tensor.dtype == other_tensors[name].dtype
        np.testing.assert_array_equal(tensor, other_tensors[name], err_msg=name)


def check(train, tmp_path, kills, seed):
    rng = np.random.default_rng(seed)
    whole = finished(train("whole"))
    for _ in range(kills):
        folder = tmp_path / f"killed-{rng.integers(1 << 60)}"
        kill_in_training(train(folder), rng)
        assert (folder / "checkpoints" / "last.safetensors").exists()
        assert not (folder / "model.safetensors").exists()

        resumed = finished(train(folder, "--resume"))

        assert resumed["metrics"] == whole["metrics"]
        assert_same(folder / "model.safetensors", tmp_path / "whole" / "model.safetensors")


def test_a_training_killed_and_resumed_is_the_one_never_stopped(train, tmp_path):
    check(train, tmp_path, kills=2, seed=0)


@pytest.mark.slow
def test_so_it_is_at_ten_moments(train, tmp_path):
    check(train, tmp_path, kills=10, seed=1)


@pytest.mark.slow
def test_one_training_killed_again_and_again_gets_to_the_same_end(train, tmp_path):
    rng = np.random.default_rng(2)
    whole = finished(train("whole"))
    for attempt in range(2):
        process = train("killed", *(["--resume"] if attempt else []))
        next(line for line in process.stderr if line.startswith("epoch "))
        time.sleep(rng.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.communicate()

    finished(train("killed", "--resume"))

    assert whole["epochs"] == EPOCHS
    assert_same(tmp_path / "killed" / "model.safetensors", tmp_path / "whole" / "model.safetensors")


def test_another_seed_is_another_training(train, tmp_path):
    """The comparison above is worth something only if it can tell two trainings apart."""
    finished(train("one", "--epochs", 2))
    finished(train("two", "--epochs", 2, "--seed", 1))

    with pytest.raises(AssertionError):
        assert_same(tmp_path / "one" / "model.safetensors", tmp_path / "two" / "model.safetensors")
