from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.agreement import results_of
from benchmarks.child import Children, Seat
from benchmarks.shapes import Pass
from benchmarks.worker import Worker, serve

ROOT = Path(__file__).parents[2]
BUILD = {"do": "build", "cell": "gru", "shape": "4,3,2,5", "ragged": False, "threads": 1}


EXPECTED: dict[Pass, dict[str, tuple[int, ...]]] = {
    "forward": {"output": (4, 3, 5)},
    "training": {
        "x": (4, 3, 2),
        "weight_ih": (15, 2),
        "weight_hh": (15, 5),
        "bias_ih": (15,),
        "bias_hh": (15,),
    },
}


def _answers(*commands: dict[str, Any], peer: str = "tidegate") -> list[dict[str, Any]]:
    lines = io.StringIO("".join(json.dumps(command) + "\n" for command in commands))
    answers = io.StringIO()
    serve(Worker(peer), lines, answers)
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_a_peer_that_is_not_there_is_an_answer_not_an_end() -> None:
    missing, again = _answers(BUILD, BUILD, peer="no_such_peer")
    assert missing["failed"].startswith("not installed: No module named 'benchmarks.peers.no_such_peer'")
    assert again == missing


def test_an_error_is_an_answer_with_its_reason() -> None:
    (answer,) = _answers({"do": "time", "which": "forward", "calls": 1})
    assert answer == {"failed": "RuntimeError: nothing is built yet"}


def test_a_child_builds_times_and_hands_over_in_a_process_of_its_own() -> None:
    with Children() as children:
        child = children.at(Seat("tidegate", 1))
        facts = child.ask(**BUILD)["facts"]
        assert facts["path"] in {"native", "torch", "walk"}
        for which, expected in EXPECTED.items():
            results = results_of(child, which)
            assert {name: array.shape for name, array in results.items()} == expected
            assert child.ask("time", which=which, calls=2)["seconds"] > 0


def test_a_dead_child_is_told_and_replaced() -> None:
    with Children() as children:
        child = children.at(Seat("tidegate", 1))
        child.close()
        assert not child.alive
        assert children.at(Seat("tidegate", 1)) is not child


def test_a_child_ends_when_it_is_no_longer_kept() -> None:
    with Children() as children:
        child = children.at(Seat("walk", 1))
        children.keep([Seat("tidegate", 1)])
        assert not child.alive


def test_no_peer_inherits_how_our_threads_wait() -> None:
    names = "'OMP_WAIT_POLICY' in os.environ, 'OMP_WAIT_POLICY' in child._ENVIRONMENT"
    program = f"import os, benchmarks.__main__; from benchmarks import child; print({names})"
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"], done.stderr
