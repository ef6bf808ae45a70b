from __future__ import annotations

import json

import numpy as np
import pytest

LINES = ["the hare ran far", "the tortoise ran on", "on and on the tortoise ran"]
TEXT = "".join(f"{LINES[place]}\n" for place in np.random.default_rng(0).integers(0, 3, 40))
SMALL = ["--epochs", "2", "--set", "hidden_size=8", "--set", "batch_size=4", "--set", "segment=16"]


@pytest.fixture(scope="module")
def fable(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "fable.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def fit(tidegate, fable, tmp_path):
    return lambda *options: tidegate("fit", "language", fable, "--out", tmp_path / "run", *SMALL, *options)


def test_a_text_is_all_it_needs(tidegate, fit, fable, tmp_path):
    result = fit()
    assert result.code == 0, result.err
    for words in ("perplexity", "bits_per_character", "GRU: perplexity", "model.safetensors", "report.html"):
        assert words in result.out
    assert "characters" in result.err
    page = (tmp_path / "run" / "report.html").read_text()
    assert "Perplexity" in page
    assert "temperature 0.8" in page

    model = tmp_path / "run" / "model.safetensors"
    told = json.loads(tidegate("evaluate", model, fable, "--json").out)
    assert {"perplexity", "bits_per_character"} <= told["metrics"].keys()
    out = tmp_path / "lines.csv"
    assert tidegate("predict", model, fable, "--out", out).code == 0
    assert out.read_text().startswith("text,log_likelihood,tokens,perplexity\n")
    assert len(out.read_text().splitlines()) == 41


def test_other_tokens_and_texts_to_watch_and_to_score(fit, fable):
    result = fit("--tokenizer", "words", "--cell", "lstm", "--valid", fable, "--test", fable, "--json", "--quiet")
    told = json.loads(result.out)
    assert told["evaluation"] == "test"
    assert told["scores"]["validation"] == told["scores"]["test"] == told["metrics"]
    assert told["metrics"]["unknown"] == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "fable.txt: the file is empty"),
        (b"one\ntwo \xff\n", "fable.txt, line 2, column 5: byte 0xff is not UTF-8"),
        (b" \n", "white space only"),
    ],
)
def test_text_that_cannot_be_used_is_one_line_of_error(tidegate, tmp_path, content, told):
    path = tmp_path / "fable.txt"
    path.write_bytes(content)
    result = tidegate("fit", "language", path, "--out", tmp_path / "run", *SMALL)
    assert result.code == 1
    assert told in result.err
    assert result.err.count("\n") == 1
    assert not (tmp_path / "run" / "model.safetensors").exists()


def test_music_is_fitted_and_played(tidegate, tmp_path):
    source = np.random.default_rng(0)
    pieces = [[source.integers(50, 70, 3).tolist() for _ in range(6)] for _ in range(12)]
    path = tmp_path / "chorales.json"
    path.write_text(json.dumps(pieces))
    result = tidegate("fit", "polyphony", path, "--out", tmp_path / "run", "--epochs", "2", "--set", "hidden_size=8")
    assert result.code == 0, result.err
    assert "nll" in result.out
    assert "Notes at once" in (tmp_path / "run" / "report.html").read_text()
    played = tidegate("generate", tmp_path / "run" / "model.safetensors", "--length", "5", "--seed", "1")
    frames = json.loads(played.out)["frames"]
    assert len(frames) == 5
    assert all(21 <= number <= 108 for frame in frames for number in frame)
    refused = tidegate("generate", tmp_path / "run" / "model.safetensors", "--prompt", "la")
    assert refused.code == 1
    assert "--prompt is an option of language models" in refused.err
