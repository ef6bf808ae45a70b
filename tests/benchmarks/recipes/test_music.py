from __future__ import annotations

import numpy as np

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
