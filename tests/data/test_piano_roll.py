from __future__ import annotations

import json

import numpy as np
import pytest

from tidegate.data.piano_roll import KEYS, as_rolls, midi_numbers, read_rolls
from tidegate.errors import DataError

SOURCE = np.random.default_rng(0)
ROLLS = [(SOURCE.random((length, KEYS)) < 0.1).astype(np.uint8) for length in (5, 1, 9)]


def assert_same(pieces):
    assert len(pieces) == 3
    for roll, expected in zip(pieces.rolls, ROLLS, strict=True):
        assert np.array_equal(roll, expected)


def test_arrays_numbers_and_files_hold_the_same_music(tmp_path):
    numbers = [midi_numbers(roll) for roll in ROLLS]
    (tmp_path / "music.json").write_text(json.dumps(numbers))
    np.savez(tmp_path / "music.npz", frames=np.concatenate(ROLLS), lengths=[5, 1, 9])
    for given in (ROLLS, [roll.astype(float) for roll in ROLLS], numbers, tmp_path / "music.json"):
        assert_same(as_rolls(given))
    assert_same(read_rolls(tmp_path / "music.npz"))
    assert as_rolls(ROLLS).summary == "3 pieces, 15 frames"
    assert [len(roll) for roll in as_rolls(ROLLS).take(np.array([2, 0])).rolls] == [9, 5]
    assert as_rolls(ROLLS).fingerprint() == as_rolls(numbers).fingerprint() != as_rolls(ROLLS[:2]).fingerprint()


def test_columns_are_the_keys_of_a_piano():
    assert midi_numbers(as_rolls([[[60, 21], [], [108]]]).rolls[0]) == [[21, 60], [], [108]]
    assert as_rolls([[[60]]]).rolls[0].argmax() == 60 - 21


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "no pieces"),
        (7, "not int"),
        ([[[60]], []], r"piece 1: the piece has no frames"),
        ([[[60], [20]]], r"piece 0, frame 1: 20 where a MIDI number of a piano, 21 to 108"),
        ([[60]], r"piece 0, frame 0: a list of MIDI numbers is wanted, not 60"),
        ([[[True]]], "piece 0, frame 0: True"),
        ([np.zeros((3, 12))], r"piece 0: frames of 88 keys are wanted, \[T, 88\], not \[3, 12\]"),
        ([ROLLS[0], ROLLS[2] * 2.5], r"piece 1, frame \d+, key \d+: 2.5 where 0 or 1"),
        ([np.full((2, 88), np.nan)], "piece 0, frame 0, key 0: nan"),
    ],
)
def test_what_is_no_music_is_told_with_its_place(given, told):
    with pytest.raises(DataError, match=told):
        as_rolls(given)


def test_files_that_cannot_be_read_are_told(tmp_path):
    for name, content, told in (
        ("a.json", b"[[[60]", "line 1, column 7: not JSON"),
        ("b.json", b"{}", "a list of pieces is wanted, not dict"),
        ("c.json", b"", "the file is empty"),
        ("d.npz", b"PK nonsense", "not a .npz file with arrays of numbers 'frames' and 'lengths'; write them"),
        ("e.mid", b"MThd", r"read from a \.json file"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=told):
            read_rolls(tmp_path / name)
    np.savez(tmp_path / "f.npz", frames=np.concatenate(ROLLS), lengths=[5, 1])
    with pytest.raises(DataError, match="lengths add up to 6, but there are 15 frames"):
        read_rolls(tmp_path / "f.npz")
