"""The recipe of Multi30k, on a folder of made-up files in the form of the published ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import multi30k

WORDS = {"ein": "a", "Hund": "dog", "Mann": "man", "rennt": "runs", "schläft": "sleeps"}


def test_it_tells_the_scores_of_each_seed_and_how_bleu_was_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = np.random.default_rng(0)
    for name, count in (("train", 20), ("val", 8), ("test_2016_flickr", 8)):
        german = [source.choice(list(WORDS), 4).tolist() for _ in range(count)]
        english = [[WORDS[word] for word in words] for words in german]
        for ending, lines in (("de", german), ("en", english)):
            text = "".join(f"{' '.join(words)}.\n" for words in lines)
            (tmp_path / f"{name}.{ending}.gz").write_bytes(gzip.compress(text.encode()))
    small = ["epochs=2", "hidden_size=4", "embedding_size=4", "vocabulary_size=300", "attention=dot", "merge=sum"]
    multi30k.main(str(tmp_path), *small, "--seed", "1", "--seeds", "2")
    told = json.loads(capsys.readouterr().out)
    assert told["options"]["attention"] == "dot"
    assert told["seeds"] == [1, 2]
    assert "tok:13a" in told["signature"]
    assert "case:mixed" in told["signature"]
    for part in ("valid", "test"):
        assert len(told["scores"][part]["bleu"]["each"]) == 2
    assert set(told["seconds"]) == {"wall", "process", "best_epoch"}
    assert set(told["seconds_per_run"]) == {"wall", "process"}
