from __future__ import annotations

import json
import random
import sys

import pytest

from benchmarks import soak

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")


def test_a_short_soak_reports_and_passes(capsys) -> None:
    assert soak.soak(random.Random(0), 0.01)
    report = json.loads(capsys.readouterr().out)
    assert report["calls"] > 0
    assert report["resident_bytes"] > report["grown_bytes"]


def test_growth_fails_it(monkeypatch, capsys) -> None:
    held: list[bytearray] = []
    monkeypatch.setattr(
        soak, "train_once", lambda _draw: held.append(bytearray(b"\1") * 2**25) if len(held) < 4 else None
    )
    assert not soak.soak(random.Random(0), 0.01)
    assert json.loads(capsys.readouterr().out)["grown_bytes"] > soak.ALLOWANCE
