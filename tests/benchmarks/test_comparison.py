"""Comparisons among children that are played: what they answer is made up, what the parent makes of it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.child import ChildError, Children, Seat
from benchmarks.comparison import Comparison, Contender, Effort, measure
from benchmarks.shapes import Case, Shape

from benchmarks import comparison

CASE = Case("gru", Shape(5, 3, 2, 4))
TRUTH = np.random.default_rng(8).standard_normal((5, 3, 4)).astype(np.float32)


class PlayedChild:
    def __init__(self, seat: Seat, log: list[str]) -> None:
        self._peer, self._log = seat.peer, log

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        if self._peer == "keras_jax":
            raise ChildError("not installed: No module named 'keras'")
        return getattr(self, do)(**arguments)

    def build(self, **_: Any) -> dict[str, Any]:
        return {"facts": {"path": "native"} if self._peer == "tidegate" else {}}

    def results(self, which: str, path: str) -> dict[str, Any]:
        assert which == "forward"
        np.savez(path, output=TRUTH[::-1] if self._peer == "openvino" else TRUTH)
        return {}

    def time(self, which: str, calls: int) -> dict[str, Any]:
        assert which == "forward"
        self._log.append(f"{self._peer} {calls}")
        return {"seconds": 0.001 if self._peer == "tidegate" else 0.004, "cores": 1.0}


class PlayedChildren(Children):
    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    def at(self, seat: Seat) -> Any:
        return PlayedChild(seat, self.log)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], list[str]]:
    """The record of two rounds of 8 ms turns, and who was timed when with how many calls."""
    monkeypatch.setattr(comparison, "SETTLE", 0.0)
    names = ("tidegate", "torch", "openvino", "keras_jax")
    contenders = tuple(Contender(name, name, CASE) for name in names)
    children = PlayedChildren()
    record = measure(Comparison("peers", "forward", 2, contenders), children, Effort(2, 0.008, 1))
    return record, children.log


def test_contenders_take_turns_of_about_equal_length(played: tuple[dict[str, Any], list[str]]) -> None:
    one_call_each_to_learn_how_long_it_takes = ["tidegate 1", "torch 1"]
    assert played[1] == [*one_call_each_to_learn_how_long_it_takes, *["tidegate 8", "torch 2"] * 2]


def test_a_contender_with_a_wrong_result_has_no_figures(played: tuple[dict[str, Any], list[str]]) -> None:
    assert "output differs from the reference" in played[0]["left_out"]["openvino"]
    assert set(played[0]["contenders"]) == {"tidegate", "torch"}


def test_a_missing_peer_is_named(played: tuple[dict[str, Any], list[str]]) -> None:
    assert played[0]["left_out"]["keras_jax"] == "not installed: No module named 'keras'"


def test_the_record_says_what_was_measured_and_how(played: tuple[dict[str, Any], list[str]]) -> None:
    record = played[0]
    named = {name: record[name] for name in ("measure", "cell", "shape", "pass", "threads")}
    assert named == {"measure": "peers", "cell": "gru", "shape": "5,3,2,4", "pass": "forward", "threads": 2}
    ours = record["contenders"]["tidegate"]
    assert ours["seconds"] == [0.001, 0.001]
    assert (ours["calls"], ours["path"], ours["error"]) == (8, "native", 0.0)


def test_without_a_reference_nobody_has_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_child: PlayedChild, **_: Any) -> dict[str, Any]:
        raise ChildError("its process ended with code -9")

    monkeypatch.setattr(PlayedChild, "build", broken)
    contenders = (Contender("tidegate", "tidegate", CASE),)
    record = measure(Comparison("peers", "forward", 2, contenders), PlayedChildren(), Effort(1, 0.001, 1))
    assert record["contenders"] == {}
    assert record["left_out"] == {"tidegate": "no reference: its process ended with code -9"}
