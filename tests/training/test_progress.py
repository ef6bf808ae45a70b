from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from tidegate.training.history import Epoch
from tidegate.training.progress import Bar, Lines, Place, Reporter, Silent, Speed, reporter

RECORD = Epoch({"loss": 0.51234567}, {"loss": 0.25}, 1e-3, 2.04)


def tell(told: Reporter, record: Epoch = RECORD) -> None:
    for batch in (1, 2):
        told.batch(Place(2, 9, batch, 2), 32, 0.75)
    told.epoch(Place(2, 9, 2, 2), record)
    told.close()


def test_lines_are_plain_and_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Lines())
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(r"epoch 3/9  loss 0\.5123  valid 0\.25  [\d,]+ samples/s  2\.0 s\n", err)


def test_lines_say_nothing_of_a_validation_that_was_not(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Lines(), Epoch({"loss": 0.5}, None, 1e-3, 2.0))
    assert "valid" not in capsys.readouterr().err


def test_silence_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Silent())
    assert capsys.readouterr() == ("", "")


def test_the_bar_shows_losses_speed_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Bar())
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(r"epoch 3/9\s+loss 0\.5123\s+valid 0\.25\s+[\d,]+\s+samples/s", err)
    assert re.search(r"-?:--:--|\d:\d\d:\d\d", err)


def test_a_bar_that_was_never_shown_can_be_closed(capsys: pytest.CaptureFixture[str]) -> None:
    Bar().close()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("terminal", "kind"), [(True, Bar), (False, Lines)])
def test_a_bar_is_for_terminals(monkeypatch: pytest.MonkeyPatch, terminal: bool, kind: Any) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    assert type(reporter()) is kind


def test_speed_is_samples_over_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 104.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    speed = Speed()
    assert str(speed) == "… samples/s"
    for samples in (7, 5000, 3000):
        speed.add(samples)
    assert str(speed) == "2,000 samples/s"


def test_rich_is_imported_only_when_used() -> None:
    program = "import sys, tidegate.training.progress as p; p.Lines(); sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
