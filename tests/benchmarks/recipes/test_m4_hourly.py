"""The recipe of M4, on made-up files in the form of the published ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recipes import m4_hourly


def wide(start: int, steps: int) -> str:
    """Three series that go up and down with the hours of the day."""
    source = np.random.default_rng(start)
    day = 50 + 10 * np.sin(2 * np.pi * np.arange(start, start + steps) / m4_hourly.SEASON)
    rows = (",".join(f"{value:.3f}" for value in day + source.normal(0, 1, steps)) for _ in range(3))
    header = ",".join(["V1", *(f"V{place + 2}" for place in range(steps))])
    return "\n".join([header, *(f"H{number},{row}" for number, row in enumerate(rows, 1))]) + "\n"


def test_it_scores_the_network_and_the_baselines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Hourly-train.csv").write_text(wide(0, 300), encoding="utf-8")
    (tmp_path / "Hourly-test.csv").write_text(wide(300, m4_hourly.HORIZON), encoding="utf-8")
    m4_hourly.main(str(tmp_path), "epochs=1", "hidden_size=4", "window=24", "--seed", "4")
    told = json.loads(capsys.readouterr().out)
    assert told["seeds"] == [4]
    assert told["options"]["window"] == 24
    for scores in told["scores"].values():
        assert scores["owa"]["mean"] > 0
    assert set(told["coverage"]) == {"80", "95"}
