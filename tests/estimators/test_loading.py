from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import tidegate
from tidegate.artefact.file import load as load_artefact
from tidegate.artefact.file import save
from tidegate.errors import ArtefactError


def test_the_kind_in_the_file_decides(fitted, tmp_path):
    again = tidegate.load(fitted.save(tmp_path / "model.safetensors"))
    assert type(again) is tidegate.Forecaster
    assert np.array_equal(again.predict(3)["GRU"], fitted.predict(3).GRU)


def test_a_kind_not_known_is_named_with_those_that_are(fitted, tmp_path):
    artefact = load_artefact(fitted.save(tmp_path / "model.safetensors"))
    path = save(replace(artefact, kind="oracle"), tmp_path / "oracle.safetensors")
    with pytest.raises(ArtefactError, match=r"oracle.safetensors: holds a oracle; this version opens forecaster"):
        tidegate.load(path)


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(ArtefactError, match=r"notes.txt: not a tidegate model"):
        tidegate.load(tmp_path / "notes.txt")
