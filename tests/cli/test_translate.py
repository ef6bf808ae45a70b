"""The way of `fit translate`, `predict` and `evaluate` through the command line, on digits told in words."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tidegate.artefact.file import load

WORDS = ["zero", "one", "two", "three", "four"]
QUICK = ["--epochs", "6", "--seed", "1"] + [
    word
    for option in ("hidden_size=16", "embedding_size=8", "learning_rate=0.03", "tokenizer=words", "batch_size=16")
    for word in ("--set", option)
]


def pairs(count: int, seed: int) -> tuple[list[str], list[str]]:
    source = np.random.default_rng(seed)
    rows = [source.integers(0, 5, length) for length in source.integers(1, 4, count)]
    return [" ".join(map(str, row)) for row in rows], [" ".join(WORDS[digit] for digit in row) for row in rows]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("translate")
    for seed, name in enumerate(["train", "valid", "test"]):
        for ending, lines in zip(("num", "en"), pairs(200 if name == "train" else 20, seed), strict=True):
            content = "".join(f"{line}\n" for line in lines).encode()
            (made / f"{name}.{ending}.gz").write_bytes(gzip.compress(content))
    return made


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    from tidegate.cli import main

    parts = ["--target", "en", "--valid", f"{folder / 'valid.num.gz'}", "--test", f"{folder / 'test.num.gz'}"]
    command = ["fit", "translate", f"{folder / 'train.num.gz'}", *parts, "--out", f"{folder / 'run'}", "--quiet"]
    assert main([*command, *QUICK]) == 0
    return folder / "run" / "model.safetensors"


def test_the_report_shows_translations_and_attention(model: Path) -> None:
    page = (model.parent / "report.html").read_text(encoding="utf-8")
    for heading in ("Translations", "What is attended to", "Learning curves", "Scores"):
        assert f"<h2>{heading}</h2>" in page
    assert "tok:13a" in page
    assert page.count("<title>Attention, example") == 4
    assert "reference" in page


def test_the_model_knows_its_scores_and_their_signature(model: Path) -> None:
    metrics = load(model).metrics
    assert metrics["metrics"].keys() == {"bleu", "chrf", "perplexity", "accuracy"}
    assert metrics["signature"].startswith("nrefs:1|case:mixed")
    assert metrics["evaluation"] == "test"


def test_it_is_evaluated_on_other_files(tidegate, model: Path, folder: Path) -> None:
    told = json.loads(tidegate("evaluate", model, folder / "test.num.gz", "--json").out)
    assert told["metrics"] == load(model).metrics["metrics"]
    assert "tok:13a" in told["signature"]
    shown = tidegate("evaluate", model, folder / "test.num.gz")
    assert "Signature: nrefs:1|case:mixed" in shown.out


def test_a_prefix_and_a_table_without_names_are_read(tidegate, folder: Path, tmp_path: Path) -> None:
    sources, targets = pairs(60, 5)
    table = tmp_path / "pairs.tsv"
    table.write_text("".join(f"{one}\t{two}\n" for one, two in zip(sources, targets, strict=True)))
    for given in ([folder / "valid", "--source", "num", "--target", "en"], [table]):
        result = tidegate("fit", "translate", *given, "--out", tmp_path / "run", "--force", "--json", *QUICK)
        assert result.code == 0, result.err
        assert "bleu" in json.loads(result.out)["metrics"]


def test_predictions_are_lines_or_a_table(tidegate, model: Path, folder: Path, tmp_path: Path) -> None:
    sources = tmp_path / "new.num"
    sources.write_text("1 2\n4\n3 3 0\n")
    lines, table = tmp_path / "new.en", tmp_path / "new.csv"
    assert tidegate("predict", model, sources, "--out", lines).code == 0
    assert tidegate("predict", model, sources, "--out", table).code == 0
    told = lines.read_text().splitlines()
    assert len(told) == 3
    assert pl.read_csv(table)["translation"].to_list() == told
    assert tidegate("predict", model, folder / "test.num.gz").out.count("\n") == 21
    assert "is read from" in tidegate("predict", model, sources, "--out", sources).err


def test_faults_are_named_with_their_line(tidegate, model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.num").write_text("1\n2\n\n")
    (tmp_path / "a.en").write_text("one\ntwo\nthree\n")
    fault = f"{tmp_path / 'a.num'}, line 3: the source is empty"
    out = tmp_path / "run"
    for command in (
        ["fit", "translate", tmp_path / "a.num", "--target", "en", "--out", out],
        ["evaluate", model, tmp_path / "a.num"],
        ["predict", model, tmp_path / "a.num"],
    ):
        result = tidegate(*command)
        assert result.code == 1
        assert fault in result.err
        assert len(result.err.splitlines()) == 1
    assert not out.exists()
    assert "tell by target=" in tidegate("fit", "translate", tmp_path / "a.num", "--out", out).err
    wrong = tidegate("fit", "translate", tmp_path / "a.num", "--out", out, "--set", "beam_sise=3")
    assert "did you mean 'beam_size'?" in wrong.err


def test_other_columns_than_in_training_are_named(tidegate, model: Path, folder: Path, tmp_path: Path) -> None:
    sources, targets = pairs(20, 2)
    table, lines, wanted = tmp_path / "test.csv", tmp_path / "test.zahl", ["--column", "target=wort"]
    pl.DataFrame({"zahl": sources, "wort": targets}).write_csv(table)
    lines.write_text("".join(f"{line}\n" for line in sources))
    lines.with_suffix(".wort").write_text("".join(f"{line}\n" for line in targets))
    scores = json.loads(tidegate("evaluate", model, folder / "test.num.gz", "--json").out)["metrics"]
    for command in ([table, "--column", "source=zahl", *wanted], [lines, *wanted]):
        assert json.loads(tidegate("evaluate", model, *command, "--json").out)["metrics"] == scores
    told = tidegate("predict", model, table, "--column", "source=zahl", "--out", tmp_path / "out.txt")
    assert told.code == 0
    assert len((tmp_path / "out.txt").read_text().splitlines()) == 20
    fault = tidegate("evaluate", model, lines).err
    assert f"{tmp_path / 'test.en'}: there is no such file with the translations of {lines}" in fault
    assert (
        "no part is called 'goal'; there are source, target"
        in tidegate("evaluate", model, table, "--column", "goal=wort").err
    )
    assert "--column target: write the part" in tidegate("evaluate", model, table, "--column", "target").err
