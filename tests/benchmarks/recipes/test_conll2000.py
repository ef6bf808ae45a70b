"""The recipe of CoNLL-2000, on a folder of made-up files in the form of the published ones."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import conll2000

WORDS = {"he": "B-NP", "man": "I-NP", "runs": "B-VP", ".": "O"}


def chunks(count: int, seed: int) -> str:
    source = np.random.default_rng(seed)
    sentences = (source.choice(list(WORDS), 5).tolist() for _ in range(count))
    return "\n".join("".join(f"{word} X {WORDS[word]}\n" for word in sentence) for sentence in sentences)


def test_it_scores_spans_of_test_and_of_the_part_held_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed, part in enumerate(("train", "test")):
        (tmp_path / f"{part}.txt.xz").write_bytes(lzma.compress(chunks(20, seed).encode()))
    conll2000.main(str(tmp_path), "epochs=2", "hidden_size=4", "character_hidden=4")
    told = json.loads(capsys.readouterr().out)
    assert set(told["scores"]) == {"validation", "test"}
    assert 0 <= told["scores"]["test"]["f1"]["mean"] <= 1
