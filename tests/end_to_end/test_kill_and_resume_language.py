"""The state carried from segment to segment outlives a kill, also amid an epoch."""

import json
import signal
import time

import numpy as np
import pytest

TRAINING = [
    *["--epochs", 8, "--cell", "lstm", "--json", "--set", "patience=none", "--set", "hidden_size=24"],
    *["--set", "batch_size=2", "--set", "segment=8", "--set", "output_dropout=0.2", "--set", "num_layers=2"],
    *["--set", "checkpoint_seconds=0.02"],
]


@pytest.fixture
def train(start, tmp_path):
    source = np.random.default_rng(0)
    words = ["tide", "gate", "reed", "ebb", "flow"]
    lines = [" ".join(source.choice(words, 5)) for _ in range(120)]
    (tmp_path / "text.txt").write_text("\n".join(lines) + "\n")
    return lambda folder, *options: start("fit", "language", "text.txt", "--out", folder, *TRAINING, *options)


def finished(process):
    told, complaints = process.communicate()
    assert process.returncode == 0, complaints
    return json.loads(told)


def check(train, tmp_path, kills, seed):
    source = np.random.default_rng(seed)
    whole = finished(train("whole"))
    for kill in range(kills):
        folder = tmp_path / f"killed-{kill}"
        process = train(folder)
        next(line for line in process.stderr if line.startswith("epoch 2/"))
        time.sleep(source.uniform(0.05, 0.2))  # an epoch takes about as long
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (folder / "model.safetensors").exists()

        resumed = finished(train(folder, "--resume"))

        assert resumed["metrics"] == whole["metrics"]
        assert (folder / "model.safetensors").read_bytes() == (tmp_path / "whole" / "model.safetensors").read_bytes()


def test_killed_amid_an_epoch_and_resumed_it_is_the_training_never_stopped(train, tmp_path):
    check(train, tmp_path, kills=1, seed=1)


@pytest.mark.slow
def test_so_it_is_at_five_moments(train, tmp_path):
    check(train, tmp_path, kills=5, seed=2)
