"""What the pages say of the source is true of it: the files they name are there, and the layers are those checked."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+(?:\.py|/))`", TOUR)))


@pytest.mark.parametrize("name", NAMED)
def test_what_the_tour_names_is_there(name: str) -> None:
    assert any((folder / name).exists() for folder in (ROOT, ROOT / "src/tidegate", *_rooms()))


def test_the_tour_names_files() -> None:
    assert len(NAMED) > 40


@pytest.mark.parametrize("page", ["docs/tour.md", "CONTRIBUTING.md"])
def test_the_layers_shown_are_the_layers_checked(page: str) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    checked = next(contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    shown = "\n".join(line.replace("tidegate.", "") for line in checked)
    assert f"```text\n{shown}\n```" in (ROOT / page).read_text(encoding="utf-8")


def _rooms() -> list[Path]:
    return [folder for folder in (ROOT / "src/tidegate").rglob("*") if folder.is_dir()]
