from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import benchmarks.recipes.__main__ as recipes
from benchmarks.recipes.__main__ import FIGURES, Figure, main
from benchmarks.recipes.arguments import UsageError

RECIPES = Path(__file__).parents[3] / "benchmarks" / "recipes"


def test_every_recipe_is_listed() -> None:
    with_a_main = {file.stem for file in RECIPES.glob("[a-z]*.py") if "__main__" in file.read_text(encoding="utf-8")}
    assert with_a_main == {figure.recipe for figure in FIGURES.values()}


def test_a_figure_says_what_its_recipe_is_to_do() -> None:
    command = FIGURES["nottingham-large-lstm"].command(Path("data"), range(2, 5))
    assert command[1:] == [
        *("-m", "benchmarks.recipes.music", str(Path("data", "music"))),
        *("set=Nottingham", "size=large", "cell=lstm", "--seed", "2", "--seeds", "3"),
    ]


def test_a_set_that_is_absent_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(str(tmp_path), "ptb") == 1
    assert capfd.readouterr().err == f"ptb: skipped, there is no {tmp_path / 'ptb'}\n"


def test_an_unknown_figure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="soup: there is no such figure, only adding, sine, ucr_uea"):
        main(str(tmp_path), "ptb", "soup")


def printing(source: str) -> Callable[..., list[str]]:
    """In place of a recipe's command one that prints what `source` says of the seeds it was given."""
    return lambda _figure, _data, seeds: [sys.executable, "-c", f"seeds = {list(seeds)}; print({source})"]


def test_seeds_are_handed_on_and_the_document_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(Figure, "command", printing("seeds"))
    assert main(str(tmp_path), "--seeds", "2", "adding", "--seed", "5") == 0
    assert json.loads((tmp_path / "results" / "adding.json").read_text(encoding="utf-8")) == [5, 6]


@pytest.mark.parametrize("source", ["'{}', '{}'", "'', end=''", "'Traceback'"])
def test_what_is_no_json_is_not_kept(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recipes, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(Figure, "command", printing(source))
    assert main(str(tmp_path), "adding") == 1
    assert capfd.readouterr().err.startswith("adding: printed something else than one JSON document")
    assert not (tmp_path / "results").exists()
