"""The recipe of the Penn Treebank, on a folder of made-up files in the form of the published ones."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import ptb


def test_it_tells_the_perplexity_of_each_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = np.random.default_rng(0)
    for part, count in (("train", 60), ("valid", 10), ("test", 10)):
        lines = (" ".join(source.choice(["the", "tide", "rises", "falls"], 5)) for _ in range(count))
        (tmp_path / f"ptb.{part}.txt.xz").write_bytes(lzma.compress("".join(f" {line} \n" for line in lines).encode()))
    small = ["epochs=2", "hidden_size=4", "embedding_size=4", "segment=5", "batch_size=2", "precision=32-true"]
    ptb.main(str(tmp_path), *small, "--seed", "1", "--seeds", "2")
    told = json.loads(capsys.readouterr().out)
    assert told["seeds"] == [1, 2]
    assert told["options"]["hidden_size"] == 4
    assert "seed" not in told["options"]
    for part in ("validation", "test"):
        assert len(set(told[part]["perplexity"]["each"])) == 2
    for clock in ("training_seconds", "test_seconds"):
        assert set(told[clock]) == {"wall", "process"}
    assert told["sample"]
