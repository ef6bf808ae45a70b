from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch

from tidegate.artefact.file import Artefact, load, save
from tidegate.artefact.header import to_json
from tidegate.errors import ArtefactError

FACTS = ["kind", "configuration", "preprocessing", "vocabulary", "metrics", "fingerprint", "version"]


def content(artefact: Artefact) -> tuple[str, dict[str, tuple[str, tuple[int, ...], bytes]]]:
    facts = to_json({name: getattr(artefact, name) for name in FACTS})
    return facts, {name: (t.dtype.name, t.shape, t.tobytes()) for name, t in artefact.tensors.items()}


def reheaded(file: Path, change: dict[str, Any]) -> None:
    """Writes `file` again with some of its JSON header changed."""
    raw = file.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(json.loads(raw[8 : 8 + length])["__metadata__"]["tidegate"])
    tensors = safetensors.numpy.load(raw)
    file.write_bytes(safetensors.numpy.save(tensors, metadata={"tidegate": json.dumps(header | change)}))


def test_what_was_saved_is_loaded(artefact: Artefact, tmp_path: Path) -> None:
    assert content(load(save(artefact, tmp_path / "model.safetensors"))) == content(artefact)


def test_loaded_tensors_can_be_written_to(artefact: Artefact, tmp_path: Path) -> None:
    tensors = load(save(artefact, tmp_path / "model.safetensors")).tensors
    assert all(tensor.flags.writeable and tensor.flags.aligned for tensor in tensors.values())


def test_the_same_content_gives_the_same_bytes_whatever_the_order_of_keys(artefact: Artefact, tmp_path: Path) -> None:
    turned = replace(
        artefact,
        tensors=dict(reversed(artefact.tensors.items())),
        configuration=dict(reversed(artefact.configuration.items())),
    )
    first, second = save(artefact, tmp_path / "a"), save(turned, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()
    assert save(load(first), tmp_path / "c").read_bytes() == first.read_bytes()


def test_memory_layout_and_byte_order_do_not_change_values(artefact: Artefact, tmp_path: Path) -> None:
    values = np.random.default_rng(2).standard_normal((6, 4))
    tensors = {"fortran": np.asfortranarray(values), "strided": values[::2, ::-1], "big": values.astype(">f8")}
    found = load(save(replace(artefact, tensors=tensors), tmp_path / "m")).tensors
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize("tensor", [np.array([None]), np.array(["a"]), np.zeros(1, np.complex128)])
def test_tensors_that_are_no_numbers_are_refused(artefact: Artefact, tmp_path: Path, tensor: Any) -> None:
    with pytest.raises(ArtefactError, match="tensor 'w' has dtype"):
        save(replace(artefact, tensors={"w": tensor}), tmp_path / "m")
    assert list(tmp_path.iterdir()) == []


def test_a_value_that_cannot_be_written_is_named(artefact: Artefact, tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"^configuration\.when: a datetime"):
        save(replace(artefact, configuration={"when": __import__("datetime").date(2020, 1, 1)}), tmp_path / "m")


def write_torch(path: Path) -> None:
    torch.save({"w": torch.randn(3)}, path)


def write_other_safetensors(path: Path) -> None:
    path.write_bytes(safetensors.numpy.save({"w": np.ones(3)}, metadata={"format": "pt"}))


@pytest.mark.parametrize(
    ("write", "trouble"),
    [
        (write_torch, "not a tidegate model but a zip archive, as torch.save writes"),
        (write_other_safetensors, "not a tidegate model but a safetensors file of another program"),
        (
            lambda path: path.write_text("ds,y\n2020-01-01,1.5\n"),
            "not a tidegate model but something else than safetensors",
        ),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(b"\x01"), "not a tidegate model"),
        (lambda path: path.mkdir(), "a folder; give the model file in it"),
        (Path.exists, "no such file"),
    ],
)
def test_a_foreign_file_is_refused_by_name(tmp_path: Path, write: Any, trouble: str) -> None:
    path = tmp_path / "model.safetensors"
    write(path)
    with pytest.raises(ArtefactError, match=trouble) as caught:
        load(path)
    assert str(path) in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_forbidden_file_is_refused(artefact: Artefact, tmp_path: Path) -> None:
    save(artefact, tmp_path / "m").chmod(0)
    with pytest.raises(ArtefactError, match="cannot be read"):
        load(tmp_path / "m")


def test_a_later_format_asks_for_an_upgrade(artefact: Artefact, tmp_path: Path) -> None:
    path = save(artefact, tmp_path / "m")
    reheaded(path, {"format": 2, "version": "9.1"})
    with pytest.raises(ArtefactError, match=r"format 2, written by tidegate '9\.1'; .*pip install --upgrade"):
        load(path)


@pytest.mark.parametrize(
    "change",
    [{"format": 0}, {"format": "1"}, {"format": None}, {"digest": "0"}, {"kind": "tagger"}, {"metrics": {}}],
)
def test_a_changed_header_is_found(artefact: Artefact, tmp_path: Path, change: dict[str, Any]) -> None:
    path = save(artefact, tmp_path / "m")
    reheaded(path, change)
    with pytest.raises(ArtefactError, match="damaged or cut short"):
        load(path)


def test_a_fact_of_the_wrong_kind_is_found_although_the_digest_fits(artefact: Artefact, tmp_path: Path) -> None:
    wrong: Any = [1, 2]
    path = save(replace(artefact, configuration=wrong), tmp_path / "m")
    with pytest.raises(ArtefactError, match="configuration is a list"):
        load(path)


def outcome(raw: bytes, path: Path) -> object:
    path.write_bytes(raw)
    try:
        return content(load(path))
    except ArtefactError:
        return "refused"


def test_every_truncation_is_refused(artefact: Artefact, tmp_path: Path) -> None:
    raw = save(artefact, tmp_path / "whole").read_bytes()
    for length in {*range(0, len(raw), 97), *range(12), len(raw) - 1}:
        assert outcome(raw[:length], tmp_path / "cut") == "refused", length
    assert outcome(raw + b"\0", tmp_path / "longer") == "refused"


def test_a_changed_byte_is_found_or_changes_nothing(artefact: Artefact, tmp_path: Path) -> None:
    raw = save(artefact, tmp_path / "whole").read_bytes()
    source = np.random.default_rng(3)
    whole, refused = content(artefact), 0
    for place in range(len(raw)):
        damaged = bytearray(raw)
        damaged[place] ^= int(source.integers(1, 256))
        found = outcome(bytes(damaged), tmp_path / "damaged")
        assert found in ("refused", whole), place
        refused += found == "refused"
    # Only the blanks that pad the header, at most seven, carry nothing.
    assert refused >= len(raw) - 7


def test_loading_needs_no_torch(artefact: Artefact, tmp_path: Path) -> None:
    path = save(artefact, tmp_path / "m")
    program = (
        f"import sys; from tidegate.artefact.file import load; load({str(path)!r}); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_name_that_safetensors_keeps_is_refused(artefact: Artefact, tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="tensor '__metadata__' has a name that safetensors keeps for itself"):
        save(replace(artefact, tensors={"__metadata__": np.ones(2)}), tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_the_version_of_a_later_file_is_shown_short_and_plain(artefact: Artefact, tmp_path: Path) -> None:
    path = save(artefact, tmp_path / "m")
    reheaded(path, {"format": 2, "version": "9\x1b[31m\n" + "9" * 5000})
    with pytest.raises(ArtefactError, match="pip install --upgrade") as caught:
        load(path)
    message = str(caught.value).removeprefix(str(path))
    assert message.isprintable()
    assert len(message) < 200
