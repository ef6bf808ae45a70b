"""Peak memory of a training step, each measurement in a fresh process."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.child import ChildError, Children, Seat
from benchmarks.comparison import build
from benchmarks.peers import Name
from benchmarks.shapes import Case, Cell, Shape

_PEERS: tuple[Name, Name] = ("tidegate", "torch")
_STEPS = 3
_SMALL = Shape(2, 2, 8, 8)
"""Run first: what a library loads or reserves once at its first step is no part of a step's memory."""


def measure_memory(case: Case, threads: int, children: Children, trials: int) -> dict[str, Any]:
    """The record of one case: bytes that training steps take beyond weights and input, ours and torch's in turn."""
    taken: dict[str, list[int]] = {}
    left_out: dict[str, str] = {}
    for peer in _PEERS * trials:
        try:
            taken.setdefault(peer, []).append(_bytes(Seat(peer, threads), case, children))
        except ChildError as error:
            left_out[peer] = str(error)
    return {
        "measure": "memory",
        "cell": case.cell,
        "shape": str(case.shape),
        "pass": "training",
        "threads": threads,
        "contenders": {peer: {"bytes": median(taken[peer])} for peer in taken if peer not in left_out},
        "left_out": left_out,
    }


def _bytes(seat: Seat, case: Case, children: Children) -> int:
    children.keep(())
    child = children.at(seat)
    build(child, _small(case.cell), seat.threads)
    child.ask("time", which="training", calls=1)
    build(child, case, seat.threads)
    taken: int = child.ask("memory", steps=_STEPS)["bytes"]
    return taken


def _small(cell: Cell) -> Case:
    return Case(cell, _SMALL)
