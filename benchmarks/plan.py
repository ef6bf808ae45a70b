"""The comparisons of one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple, get_args

from benchmarks.comparison import Comparison, Contender, Measure
from benchmarks.peers import PEERS, RIVALS, Name
from benchmarks.shapes import CELLS, PASSES, SHAPES, THREADS, Case, Cell, Pass, Shape

MEASURES: tuple[Measure, ...] = get_args(Measure)


class Choice(NamedTuple):
    """What to measure; everything unless told otherwise."""

    shapes: Sequence[Shape] = SHAPES
    cells: Sequence[Cell] = CELLS
    peers: Sequence[Name] = RIVALS
    threads: Sequence[int] = THREADS
    measures: Sequence[Measure] = MEASURES


def comparisons(choice: Choice) -> list[Comparison]:
    """All that run in turn, those of one thread count together, so that few processes are started anew."""
    makers = {"peers": _beside_peers, "reset": _reset, "gates": _gates, "ragged": _ragged, "disturbed": _disturbed}
    return [
        comparison
        for measure, make in makers.items()
        if measure in choice.measures
        for threads in choice.threads
        for comparison in make(choice, threads)
    ]


def memory_cases(choice: Choice) -> list[Case]:
    """The cases whose training steps take enough memory for its measurement, by pages, to mean something."""
    if "memory" not in choice.measures:
        return []
    return [Case(cell, shape) for cell, shape in product(choice.cells, choice.shapes) if _is_large(shape)]


def _beside_peers(choice: Choice, threads: int) -> Iterator[Comparison]:
    for cell, which, shape in product(choice.cells, PASSES, choice.shapes):
        case = Case(cell, shape)
        names = [name for name in ("tidegate", *choice.peers) if PEERS[name].can(case, which)]
        contenders = [Contender(name, name, case) for name in names]
        if which == "forward":
            contenders.append(Contender("peak", "peak", case))
        yield Comparison("peers", which, threads, tuple(contenders))


def _reset(choice: Choice, threads: int) -> Iterator[Comparison]:
    if "gru" in choice.cells:
        for which, shape in product(PASSES, choice.shapes):
            before, after = Case("gru_before", shape), Case("gru", shape)
            yield _ours("reset", which, threads, before=before, after=after)


def _gates(choice: Choice, threads: int) -> Iterator[Comparison]:
    if "gru" in choice.cells:
        for shape in choice.shapes:
            yield _ours("gates", "training", threads, gru=Case("gru", shape), lstm=Case("lstm", shape))


def _ragged(choice: Choice, threads: int) -> Iterator[Comparison]:
    for cell, which, shape in product(choice.cells, PASSES, choice.shapes):
        if shape.B > 1 and shape.T > 1:
            ragged, padded = Case(cell, shape, ragged=True), Case(cell, shape)
            ours = _ours("ragged", which, threads, ragged=ragged, padded=padded)
            packed = Contender("torch packed", "torch", ragged)
            yield replace(ours, contenders=(*ours.contenders, packed))


def _disturbed(choice: Choice, threads: int) -> Iterator[Comparison]:
    if threads == 1:
        return  # with one thread the other process has a core for itself
    for cell, shape in product(choice.cells, choice.shapes):
        case = Case(cell, shape)
        contenders = (Contender("disturbed", "tidegate", case, disturbed=True), Contender("alone", "tidegate", case))
        yield Comparison("disturbed", "training", threads, contenders)


def _ours(measure: Measure, which: Pass, threads: int, **cases: Case) -> Comparison:
    contenders = tuple(Contender(label, "tidegate", case) for label, case in cases.items())
    return Comparison(measure, which, threads, contenders)


def _is_large(shape: Shape) -> bool:
    return shape.T * shape.B * shape.H >= 100_000
