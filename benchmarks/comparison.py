"""Contenders run in turn, A B A B, each in its own process, so that whatever disturbs the machine disturbs them all."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from benchmarks.agreement import Disagreement, largest_error, results_of
from benchmarks.child import Child, ChildError, Children, Seat
from benchmarks.peers import Name
from benchmarks.problem import Array
from benchmarks.shapes import Case, Pass

Measure = Literal["peers", "reset", "gates", "ragged", "disturbed", "memory"]

SETTLE = 0.05
"""Seconds between turns: after a call torch's threads spin for 4 ms and ONNX Runtime's for 22 before they sleep."""


class Effort(NamedTuple):
    """How many rounds of about how long a turn each, and how many trials of a measurement of memory."""

    rounds: int
    turn_seconds: float
    trials: int


@dataclass(frozen=True)
class Contender:
    """One peer on one case; disturbed: while another process keeps one core busy."""

    label: str
    peer: Name
    case: Case
    disturbed: bool = False


@dataclass(frozen=True)
class Comparison:
    """Contenders to run in turn, all in one pass and with as many threads."""

    measure: Measure
    which: Pass
    threads: int
    contenders: tuple[Contender, ...]

    @property
    def case(self) -> Case:
        return self.contenders[0].case

    def seats(self) -> dict[Seat, Contender]:
        return {Seat(c.peer, self.threads, place): c for place, c in enumerate(self.contenders)}

    def references(self) -> dict[Case, Seat]:
        """Which process knows the truth of each case: torch's layer where it has one, our walk where not."""
        cases = [c.case for c in self.contenders if c.peer != "peak"]
        return {case: Seat("walk" if case.cell == "gru_before" else "torch", self.threads, -1) for case in cases}


@dataclass
class _Entry:
    child: Child
    contender: Contender
    calls: int
    facts: dict[str, str]
    error: float | None
    seconds: list[float] = field(default_factory=list)
    cores: list[float] = field(default_factory=list)

    def take_turn(self, which: Pass) -> None:
        with _busy_core(self.contender.disturbed):
            answer = self.child.ask("time", which=which, calls=self.calls)
        self.seconds.append(answer["seconds"])
        self.cores.append(answer["cores"])
        time.sleep(SETTLE)

    def record(self) -> dict[str, Any]:
        return {
            "case": str(self.contender.case),
            "seconds": self.seconds,
            "cores": self.cores,
            "calls": self.calls,
            "error": self.error,
            **self.facts,
        }


def measure(comparison: Comparison, children: Children, effort: Effort) -> dict[str, Any]:
    """The record of one comparison: seconds a call of each contender, round by round, and who was left out and why."""
    children.keep([*comparison.seats(), *comparison.references().values()])
    try:
        entries, left_out = _ready(comparison, children, effort)
    except ChildError as error:
        entries, left_out = {}, {contender.label: f"no reference: {error}" for contender in comparison.contenders}
    for _ in range(effort.rounds):
        for label, entry in list(entries.items()):
            try:
                entry.take_turn(comparison.which)
            except ChildError as error:
                del entries[label]
                left_out[label] = str(error)
    return {
        "measure": comparison.measure,
        "cell": comparison.case.cell,
        "shape": str(comparison.case.shape),
        "pass": comparison.which,
        "threads": comparison.threads,
        "contenders": {label: entry.record() for label, entry in entries.items()},
        "left_out": left_out,
    }


def _ready(comparison: Comparison, children: Children, effort: Effort) -> tuple[dict[str, _Entry], dict[str, str]]:
    """Everyone built, checked and given a number of calls; ChildError if the reference itself cannot be had."""
    entries: dict[str, _Entry] = {}
    left_out: dict[str, str] = {}
    which, threads = comparison.which, comparison.threads
    truth = {case: _results(children.at(seat), case, comparison) for case, seat in comparison.references().items()}
    for seat, contender in comparison.seats().items():
        child, case = children.at(seat), contender.case
        try:
            facts = build(child, case, threads)
            error = None if contender.peer == "peak" else largest_error(results_of(child, which), truth[case], which)
            entries[contender.label] = _Entry(child, contender, _calls(child, which, effort.turn_seconds), facts, error)
        except (ChildError, Disagreement) as problem:
            left_out[contender.label] = str(problem)
    return entries, left_out


def build(child: Child, case: Case, threads: int) -> dict[str, str]:
    """Have a case built; what there is to know about the layer."""
    shape = str(case.shape)
    answer = child.ask("build", cell=case.cell, shape=shape, ragged=case.ragged, threads=threads)
    facts: dict[str, str] = answer["facts"]
    return facts


def _results(child: Child, case: Case, comparison: Comparison) -> dict[str, Array]:
    build(child, case, comparison.threads)
    return results_of(child, comparison.which)


def _calls(child: Child, which: Pass, turn_seconds: float) -> int:
    seconds: float = child.ask("time", which=which, calls=1)["seconds"]
    return min(10_000, max(1, round(turn_seconds / seconds)))


@contextmanager
def _busy_core(wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        time.sleep(SETTLE)
        yield
    finally:
        busy.kill()
        busy.wait()
