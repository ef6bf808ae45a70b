"""The way of `fit tag`, `predict` and `evaluate` through the command line, on a small language of tags."""

from __future__ import annotations

import gzip
import json
import lzma
import shlex
from pathlib import Path

import numpy as np
import pytest

QUICK = ["--epochs", "3", "--set", "hidden_size=8", "--set", "learning_rate=0.03", "--set", "min_count=1"]


def conll(sentences: int, seed: int) -> str:
    """Capitals are names; their spans are of any length."""
    source = np.random.default_rng(seed)
    blocks = []
    for _ in range(sentences):
        names = [False, *(source.random(6) < 0.4)]
        words = ["".join(source.choice(list("abcd"), 3)) for _ in range(6)]
        blocks.append(
            "".join(
                f"{word.capitalize() if name else word} X {('I-per' if old else 'B-per') if name else 'O'}\n"
                for word, name, old in zip(words, names[1:], names, strict=False)
            )
        )
    return "\n".join(blocks)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tag")
    for seed, name in enumerate(["train", "valid", "test"]):
        (made / f"{name}.txt").write_text(conll(80 if name == "train" else 20, seed))
    return made


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    from tidegate.cli import main

    files = [str(folder / "train.txt"), "--valid", str(folder / "valid.txt"), "--test", str(folder / "test.txt")]
    assert main(["fit", "tag", *files, "--out", str(folder / "run"), "--quiet", *QUICK]) == 0
    return folder / "run" / "model.safetensors"


def test_the_report_tells_of_spans_tags_and_mistakes(model: Path) -> None:
    page = (model.parent / "report.html").read_text()
    for heading in ("By span", "By tag", "What is taken for what", "Sentences", "Learning curves"):
        assert f"<h2>{heading}</h2>" in page
    assert "sentences are right throughout" in page


def test_it_is_told_as_json(tidegate, folder: Path) -> None:
    result = tidegate("fit", "tag", folder / "train.txt", "--out", folder / "again", "--json", *QUICK)
    assert result.code == 0, result.err
    told = json.loads(result.out)
    assert list(told["metrics"])[:4] == ["f1", "precision", "recall", "accuracy"]
    assert told["evaluation"] == "validation"


def test_it_is_evaluated_on_other_files(tidegate, model: Path, folder: Path) -> None:
    told = json.loads(tidegate("evaluate", model, folder / "test.txt", "--json").out)
    assert 0 < told["metrics"]["f1"] <= 1
    assert told["examples"] == 20
    assert tidegate("evaluate", model, folder / "test.txt").code == 0


def test_predictions_are_as_the_file_or_a_table(tidegate, model: Path, folder: Path) -> None:
    tagged = folder / "tagged.txt"
    assert tidegate("predict", model, folder / "test.txt", "--out", tagged).code == 0
    given, told = ((folder / name).read_text().split("\n") for name in ("test.txt", "tagged.txt"))
    assert [line[:5] for line in told] == [line[:5] for line in given]
    assert json.loads(tidegate("evaluate", model, tagged, "--json").out)["metrics"]["accuracy"] == 1.0
    packed = folder / "test.txt.xz"
    packed.write_bytes(lzma.compress((folder / "test.txt").read_bytes()))
    assert tidegate("predict", model, packed, "--out", folder / "unpacked.txt").code == 0
    assert (folder / "unpacked.txt").read_text() == tagged.read_text()
    for data, name in ((folder / "test.txt", "tagged.conllu"), (packed, "tagged.txt.xz")):
        refused = tidegate("predict", model, data, "--out", folder / name)
        assert f"{name}: give a name that ends in .csv, .tsv or .parquet, or for a tagger as DATA does" in refused.err
    table = folder / "tagged.csv"
    assert tidegate("predict", model, folder / "test.txt", "--out", table).code == 0
    assert table.read_text().splitlines()[0] == "sentence,token,tag"
    assert len(table.read_text().splitlines()) == 1 + sum(bool(line) for line in given)


def test_faults_are_named_with_their_line(tidegate, model: Path, folder: Path, tmp_path: Path) -> None:
    ragged = tmp_path / "ragged.txt"
    ragged.write_text("Abc X O\nde X\n")
    for command in (["fit", "tag", ragged, "--out", tmp_path / "run"], ["evaluate", model, ragged]):
        result = tidegate(*command)
        assert result.code == 1
        assert "ragged.txt, line 2: 2 columns by white space" in result.err
        assert len(result.err.splitlines()) == 1
    result = tidegate("fit", "tag", folder / "train.txt", "--tag", "7", "--out", tmp_path / "run")
    assert "there is no column 7, only 0 to 2" in result.err
    assert not (tmp_path / "run").exists()
    (tmp_path / "others.txt").write_text("Abc X NOUN\nde X VERB\n")
    for part in ("--valid", "--test"):
        files = [folder / "train.txt", part, tmp_path / "others.txt", "--out", tmp_path / "run"]
        result = tidegate("fit", "tag", *files, "--quiet")
        assert "others.txt, line 1: no tag ('NOUN' …) is one of those learnt (B-per, I-per, O …)" in result.err
        assert not (tmp_path / "run").exists()
    result = tidegate("evaluate", model, folder / "test.txt", "--windows", "2")
    assert "--windows is an option of forecasters; the model is a SequenceTagger" in result.err


def test_what_to_do_next_names_data_as_they_are_read(tidegate, tmp_path: Path) -> None:
    rows = "".join(f"{place // 2},{word},{tag}\n" for place, (word, tag) in enumerate([("A", "X"), ("b", "Y")] * 8))
    (tmp_path / "few.csv.gz").write_bytes(gzip.compress(f"sentence,token,tag\n{rows}".encode()))
    result = tidegate("fit", "tag", tmp_path / "few.csv.gz", "--out", tmp_path / "run", *QUICK)
    assert result.code == 0, result.err
    (command,) = (line.removeprefix("Next    ") for line in result.out.splitlines() if line.startswith("Next"))
    assert command.endswith(" NEW-DATA.csv")
    assert f"<code>{command}</code>" in (tmp_path / "run" / "report.html").read_text()
    (tmp_path / "NEW-DATA.csv").write_text(f"sentence,token,tag\n{rows}")
    words = [str(tmp_path / word) if word == "NEW-DATA.csv" else word for word in shlex.split(command)[1:]]
    assert tidegate(*words, "--out", tmp_path / "told.csv").code == 0


def test_a_table_of_tokens_is_told_as_a_tsv_too(tidegate, tmp_path):
    path, out = tmp_path / "tokens.tsv", tmp_path / "told.tsv"
    path.write_text("sentence\ttoken\ttag\na\tthe\tD\na\tcat\tN\nb\tthe\tD\nb\tdog\tN\n")
    settings = ["--epochs", 1, "--set", "hidden_size=4", "--out", tmp_path / "run", "--quiet"]
    assert tidegate("fit", "tag", path, *settings).code == 0
    model = tmp_path / "run" / "model.safetensors"
    assert tidegate("predict", model, path, "--out", out).code == 0
    assert out.read_text().startswith("sentence\ttoken\ttag\n")
    assert [line.split("\t")[:2] for line in out.read_text().splitlines()[1:3]] == [["a", "the"], ["a", "cat"]]
    lines = tmp_path / "tokens.txt"
    lines.write_text("the\ncat\n")
    told = tidegate("evaluate", model, lines)
    assert "line 1: the tokens have no tags; give them in a column of the file" in told.err
