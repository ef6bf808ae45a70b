"""The recipe of the UCR and UEA series, on made-up sets in the form of the published ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import ucr_uea
from benchmarks.recipes.arguments import UsageError

SMALL = ["epochs=1", "hidden_size=4", "patch=1"]


def series(count: int, seed: int) -> str:
    source = np.random.default_rng(seed)
    rows = (",".join(f"{value:.3f}" for value in source.normal(size=8)) + f":{place % 2}" for place in range(count))
    return "\n".join(["@classLabel true 0 1", "@data", *rows]) + "\n"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    for name in ucr_uea.OPTIONS:
        (tmp_path / name).mkdir()
        for seed, part in enumerate(("TRAIN", "TEST")):
            (tmp_path / name / f"{name}_{part}.ts").write_text(series(8, seed), encoding="utf-8")
    return tmp_path


def test_all_sets_stand_in_one_document(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ucr_uea.main(str(archive), *SMALL, "--seeds", "2")
    told = json.loads(capsys.readouterr().out)
    assert told["seeds"] == [0, 1]
    assert list(told["sets"]) == list(ucr_uea.OPTIONS)
    for one in told["sets"].values():
        assert one["options"]["hidden_size"] == 4
        assert len(one["scores"]["test"]["accuracy"]["each"]) == 2
        assert set(one["seconds_per_run"]) == {"wall", "process"}


def test_a_set_may_be_asked_for_alone(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ucr_uea.main(str(archive), *SMALL, "only=GunPoint")
    assert list(json.loads(capsys.readouterr().out)["sets"]) == ["GunPoint"]
    with pytest.raises(UsageError, match="only=GunPiont: this is not one of all, JapaneseVowels"):
        ucr_uea.main(str(archive), "only=GunPiont")
