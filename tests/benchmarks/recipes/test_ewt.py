"""The recipe of EWT, on a folder of made-up files in the form of the published ones."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import ewt

WORDS = {"he": "PRON", "man": "NOUN", "runs": "VERB", ".": "PUNCT"}


def conllu(count: int, seed: int) -> str:
    source = np.random.default_rng(seed)
    sentences = (source.choice(list(WORDS), 5).tolist() for _ in range(count))
    return "\n".join(
        "".join(f"{place}\t{word}\t_\t{WORDS[word]}" + "\t_" * 6 + "\n" for place, word in enumerate(sentence, 1))
        for sentence in sentences
    )


def test_it_tells_the_accuracy_of_each_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed, part in enumerate(("train", "dev", "test")):
        (tmp_path / f"en_ewt-ud-{part}.conllu.xz").write_bytes(lzma.compress(conllu(20, seed).encode()))
    ewt.main(str(tmp_path), "epochs=2", "hidden_size=4", "character_hidden=4", "--seed", "1", "--seeds", "2")
    told = json.loads(capsys.readouterr().out)
    assert told["options"]["hidden_size"] == 4
    assert told["seeds"] == [1, 2]
    for part in ("dev", "test"):
        assert len(told["scores"][part]["accuracy"]["each"]) == 2
    assert set(told["seconds_per_run"]) == {"wall", "process"}
