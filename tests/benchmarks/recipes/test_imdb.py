"""The recipe of IMDB, on made-up reviews in the form of the published ones."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import imdb
from benchmarks.recipes.arguments import UsageError

SMALL = ["epochs=1", "hidden_size=4", "embedding_size=4", "batch_size=4"]


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    source = np.random.default_rng(0)
    for part, count in (("train", 20), ("test", 8)):
        rows = (
            f"{label}\t{place}\t{stars}\t{' '.join(source.choice(['a', 'tidal', 'film', 'wreck'], 5))}<br />so\n"
            for place, (label, stars) in zip(range(count), [("pos", 9), ("neg", 2)] * count, strict=False)
        )
        (tmp_path / f"{part}.tsv.xz").write_bytes(lzma.compress("".join(rows).encode()))
    return tmp_path


def test_reviews_have_no_line_breaks(reviews: Path) -> None:
    texts, labels = imdb.read_reviews(reviews / "test.tsv.xz")
    assert labels == ["pos", "neg"] * 4
    assert all(text.endswith(" so") and "<" not in text for text in texts)


@pytest.mark.parametrize("variant", ["usual", "textbook"])
def test_it_tells_the_accuracy_of_each_seed(reviews: Path, variant: str, capsys: pytest.CaptureFixture[str]) -> None:
    imdb.main(str(reviews), *SMALL, f"variant={variant}", "--seed", "3", "--seeds", "2")
    told = json.loads(capsys.readouterr().out)
    small = {"epochs": 1, "hidden_size": 4, "embedding_size": 4, "batch_size": 4}
    assert told["options"] == imdb.OPTIONS[variant] | small
    assert (told["seeds"], told["examples"]) == ([3, 4], [20, 8])
    assert len(told["test"]["accuracy"]["each"]) == 2


def test_there_are_no_other_variants(reviews: Path) -> None:
    with pytest.raises(UsageError, match="variant=text: this is not one of usual, textbook"):
        imdb.main(str(reviews), "variant=text")
