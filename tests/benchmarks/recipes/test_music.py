from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import music
from benchmarks.recipes.music import UNITS, read_part


def test_packed_frames_come_out_as_they_went_in():
    source = np.random.default_rng(0)
    rolls = [(source.random((length, 88)) < 0.1).astype(np.uint8) for length in (4, 7)]
    arrays = {"test_lengths": np.array([4, 7], np.int32), "test_frames": np.packbits(np.concatenate(rolls), axis=1)}
    read = read_part(arrays, "test").rolls
    assert [len(roll) for roll in read] == [4, 7]
    assert all(np.array_equal(one, other) for one, other in zip(read, rolls, strict=True))


def test_networks_have_the_sizes_they_are_compared_at():
    gates = {"gru": 3, "lstm": 4}
    weights = {
        (*key, cell): gates[cell] * units * (88 + units + 2)
        for key, sizes in UNITS.items()
        for cell, units in sizes.items()
    }
    for (name, size, _), count in weights.items():
        wanted = 20_000 if size == "small" else 300_000 if name == "JSB_Chorales" else 1_000_000
        assert 0.9 * wanted < count < 1.01 * wanted


def test_it_tells_the_likelihood_of_each_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, arrays = np.random.default_rng(0), {}
    for part in ("train", "valid", "test"):
        lengths = source.integers(3, 8, 4).astype(np.int32)
        arrays[f"{part}_lengths"] = lengths
        arrays[f"{part}_frames"] = np.packbits(source.random((lengths.sum(), 88)) < 0.1, axis=1)
    np.savez(tmp_path / "Nottingham.packed.npz", **arrays)
    music.main(str(tmp_path), "set=Nottingham", "epochs=2", "hidden_size=4", "--seeds", "2")
    told = json.loads(capsys.readouterr().out)
    assert (told["set"], told["seeds"]) == ("Nottingham", [0, 1])
    assert told["options"]["learning_rate"] == music.OF_SET["Nottingham", "small"]["learning_rate"]
    assert len(set(told["test"]["nll"]["each"])) == 2
    assert set(told["seconds"]) == {"wall", "process"}
