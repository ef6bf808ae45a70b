"""The recipe of Shakespeare's characters, on a made-up text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import shakespeare


def test_it_tells_the_bits_of_a_character(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = np.random.default_rng(0).choice(["ROMEO:\n", "O, ", "night ", "light "], 400)
    (tmp_path / "input.txt").write_text("".join(words), encoding="utf-8")
    small = ["epochs=1", "hidden_size=4", "embedding_size=4", "segment=10", "batch_size=4"]
    shakespeare.main(str(tmp_path), *small, "--seed", "3")
    told = json.loads(capsys.readouterr().out)
    assert told["seeds"] == [3]
    assert told["test"]["bits_per_character"]["mean"] > 0
    assert told["best_epoch"]["each"] == [1]
    assert len(told["sample"]) == 400
