from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.recipes.arguments import UsageError, read_arguments, run
from tidegate.errors import DataError


def test_a_recipe_is_told_its_folder_options_and_seeds():
    told = read_arguments(["data", "--seeds", "3", "epochs=4", "cell=lstm", "--seed", "5", "patience=null"])
    assert told.folder == Path("data")
    assert told.options == {"epochs": 4, "cell": "lstm", "patience": None}
    assert told.seeds == (5, 6, 7)
    assert read_arguments(["data"]).seeds == (0,)


def test_values_are_json_where_they_can_be():
    told = read_arguments(["data", "tied=false", "learning_rate=1e-3", "stop=a=b"])
    assert told.options == {"tied": False, "learning_rate": 1e-3, "stop": "a=b"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["data", "epochs"], "epochs: write options as key=value"),
        (["data", "--help="], "--help=: write options as key=value"),
        (["data", "--seed"], "--seed : write a whole number from 0 on"),
        (["data", "--seeds", "x"], "--seeds x: write a whole number from 1 on"),
        (["data", "--seeds", "0"], "--seeds 0: write a whole number from 1 on"),
        (["data", "seed=3"], "seed=3: write it as --seed 3"),
        (["--seeds", "3", "data"], "--seeds: FOLDER comes first"),
    ],
)
def test_other_words_are_refused(words: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=re.escape(told)):
        read_arguments(words)


def test_words_of_the_recipe_itself_are_taken_out_of_the_options() -> None:
    given = read_arguments(["data", "size=large", "steps=30", "epochs=1"])
    assert given.take("size", ("small", "large")) == "large"
    assert given.take("set", ("first", "second")) == "first"
    assert (given.take_count("steps", 600, least=2), given.take_count("examples", 5, least=1)) == (30, 5)
    assert given.options == {"epochs": 1}


def test_words_of_the_recipe_itself_are_checked() -> None:
    given = read_arguments(["data", "size=huge", "steps=1"])
    with pytest.raises(UsageError, match="size=huge: this is not one of small, large"):
        given.take("size", ("small", "large"))
    with pytest.raises(UsageError, match="steps=1: this is not a whole number from 2 on"):
        given.take_count("steps", 600, least=2)


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (UsageError("no such word"), 2, "error: no such word\n"),
        (DataError("no such row"), 1, "error: no such row\n"),
        (FileNotFoundError(2, "No such file", "a.csv"), 1, "error: [Errno 2] No such file: 'a.csv'\n"),
    ],
)
def test_a_fault_is_one_line(fault: Exception, code: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: str) -> None:
        raise fault

    assert run(fail, "the manual", ["data"]) == code
    assert capsys.readouterr() == ("", told)


def test_the_manual_answers_a_call_for_help_and_one_without_words(capsys: pytest.CaptureFixture[str]) -> None:
    def read(*words: str) -> None:
        read_arguments(words)

    assert run(read, "the manual", ["data", "--help"]) == 0
    assert capsys.readouterr() == ("the manual\n", "")
    assert run(read, "the manual", []) == 2
    assert capsys.readouterr() == ("", "the manual\n")
    assert run(read, "the manual", ["data"]) == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["names", "--help"], 0, "FOLDER holds a file for each class"),
        (["conll2000"], 2, "FOLDER holds train.txt.xz"),
        (["adding", "examples=4", "steps=4", "foo=1"], 1, "error: no option 'foo'; there are"),
    ],
)
def test_recipes_answer_so(words: list[str], code: int, told: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", f"benchmarks.recipes.{words[0]}", *words[1:]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == code
    assert told in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
