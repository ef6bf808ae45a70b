from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.recipes.__main__ import FIGURES, main

RECIPES = Path(__file__).parents[3] / "benchmarks" / "recipes"


def test_every_recipe_is_listed() -> None:
    with_a_main = {file.stem for file in RECIPES.glob("[a-z]*.py") if "__main__" in file.read_text(encoding="utf-8")}
    assert with_a_main == {figure.recipe for figure in FIGURES.values()}


def test_a_figure_says_what_its_recipe_is_to_do() -> None:
    command = FIGURES["nottingham-large-lstm"].command(Path("data"))
    assert command[1:] == [
        *("-m", "benchmarks.recipes.music", str(Path("data", "music"))),
        *("set=Nottingham", "size=large", "cell=lstm"),
    ]


def test_a_set_that_is_absent_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "ptb"]) == 1
    assert capfd.readouterr().err == f"ptb: skipped, there is no {tmp_path / 'ptb'}\n"


def test_an_unknown_recipe_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "soup"]) == 2
    assert "ucr_uea" in capfd.readouterr().err
