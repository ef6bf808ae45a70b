"""A checkpoint that is not whole is refused, and says which file it is."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import safetensors.torch
from safetensors import safe_open

from tidegate.errors import ArtefactError
from tidegate.training import checkpoint


@pytest.mark.parametrize("damage", [lambda raw: raw[:-7], lambda raw: raw[:5], lambda raw: b"ds,y\n" + raw])
def test_a_damaged_checkpoint_is_refused(small: ModuleType, tmp_path: Path, damage: Any) -> None:
    small.run(small.settings(), directory=tmp_path)
    last = tmp_path / "last.safetensors"
    last.write_bytes(damage(last.read_bytes()))
    with pytest.raises(ArtefactError, match=r"last\.safetensors: not a readable checkpoint .*start anew"):
        small.run(small.settings(), directory=tmp_path, resume=True)


def test_a_missing_best_is_refused(small: ModuleType, tmp_path: Path) -> None:
    small.run(small.settings(), directory=tmp_path)
    (tmp_path / "best.safetensors").unlink()
    with pytest.raises(ArtefactError, match=r"best\.safetensors: not a readable checkpoint"):
        small.run(small.settings(), directory=tmp_path, resume=True)


@pytest.mark.parametrize("name", ["last", "best"])
def test_a_flipped_bit_anywhere_is_refused(small: ModuleType, tmp_path: Path, name: str) -> None:
    small.run(small.settings(), directory=tmp_path)
    file = tmp_path / f"{name}.safetensors"
    whole = file.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    for place in (header, len(whole) - 1, (header + len(whole)) // 2):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        file.write_bytes(damaged)
        with pytest.raises(ArtefactError, match=rf"{name}\.safetensors: not a readable checkpoint .*digest"):
            small.run(small.settings(), directory=tmp_path, resume=True)


def rewritten(file: Path, header: dict[str, Any], without: tuple[str, ...] = ("digest",), drop: str = "-") -> None:
    """Writes a checkpoint again with another header, without the tensors that begin with `drop`; the digest fits."""
    with safe_open(file, framework="pt") as opened:
        found = json.loads(opened.metadata()["tidegate-checkpoint"]) | header
        names = opened.keys()
        tensors = {name: opened.get_tensor(name) for name in names if not name.startswith(drop)}
    plain = {name: value for name, value in found.items() if name not in {"digest", *without}}
    whole = {**plain, "digest": checkpoint._digest(plain, tensors)}
    file.write_bytes(safetensors.torch.save(tensors, metadata={"tidegate-checkpoint": json.dumps(whole)}))


@pytest.mark.parametrize(
    "change",
    [
        {"header": {}, "without": ("format",)},
        {"header": {}, "without": ("history",)},
        {"header": {}, "without": ("identity",)},
        {"header": {"format": 2}},
        {"header": {"history": "[{}]"}},
        {"header": {"identity": {"flux": 3}}},
        {"header": {"batch": 6}},
        {"header": {"batch": -1}},
        {"header": {"batch": "1"}},
        {"header": {"averages": None}},
        {"header": {}, "drop": "optimizer."},
        {"header": {}, "drop": "optimizer.head.bias.exp_avg"},
    ],
)
def test_a_header_or_optimiser_that_is_not_whole_is_refused(
    small: ModuleType, tmp_path: Path, change: dict[str, Any]
) -> None:
    small.run(small.settings(), directory=tmp_path)
    rewritten(tmp_path / "last.safetensors", {})
    small.run(small.settings(), directory=tmp_path, resume=True)
    rewritten(tmp_path / "last.safetensors", **change)
    with pytest.raises(ArtefactError, match=r"last\.safetensors: not a readable checkpoint"):
        small.run(small.settings(), directory=tmp_path, resume=True)


def test_best_and_last_are_not_taken_for_each_other(small: ModuleType, tmp_path: Path) -> None:
    small.run(small.settings(), directory=tmp_path)
    last, best = tmp_path / "last.safetensors", tmp_path / "best.safetensors"
    whole = last.read_bytes()
    last.write_bytes(best.read_bytes())
    with pytest.raises(ArtefactError, match=r"last\.safetensors: not a readable checkpoint"):
        small.run(small.settings(), directory=tmp_path, resume=True)
    last.write_bytes(whole)
    best.write_bytes(whole)
    with pytest.raises(ArtefactError, match=r"best\.safetensors: not a readable checkpoint"):
        small.run(small.settings(), directory=tmp_path, resume=True)
