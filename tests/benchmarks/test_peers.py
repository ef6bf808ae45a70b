"""Each peer on a small case, where it is installed: that it was given the right weights in the right order."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from benchmarks.agreement import largest_error
from benchmarks.peers import PEERS, RIVALS, Name, layer_type
from benchmarks.problem import problem_of
from benchmarks.shapes import CELLS, PASSES, Case, Cell, Pass, Shape

SHAPE = Shape(T=5, B=3, F=4, H=6)
ALL_CELLS: tuple[Cell, ...] = (*CELLS, "gru_before")


POSSIBLE = [
    (name, case, which)
    for name in ("tidegate", *RIVALS)
    for case in (Case(cell, SHAPE, ragged) for cell in ALL_CELLS for ragged in (False, True))
    for which in PASSES
    if PEERS[name].can(case, which)
]


@pytest.mark.parametrize(("name", "case", "which"), POSSIBLE, ids=lambda value: str(value).replace(" ", "-"))
def test_a_peer_computes_what_our_walk_computes(name: Name, case: Case, which: Pass) -> None:
    if missing := [package for package in PEERS[name].packages if find_spec(package) is None]:
        pytest.skip(f"{missing[0]} is not here: the peers live in an environment of their own")
    problem = problem_of(case)
    reference = layer_type("walk")(problem, 1).results(which)
    # The bound of the benchmark itself, which asks for far more than any wrong order of gates could give.
    largest_error(layer_type(name)(problem, 1).results(which), reference, which)


def test_a_peer_says_what_it_cannot() -> None:
    assert not PEERS["torch"].can(Case("gru_before", SHAPE), "forward")
    assert not PEERS["onnxruntime"].can(Case("gru", SHAPE), "training")
    assert not PEERS["keras_jax"].can(Case("gru", SHAPE, ragged=True), "forward")


def test_a_result_is_that_of_the_call_just_made() -> None:
    problem = problem_of(Case("gru", SHAPE))
    layer = layer_type("torch")(problem, 1)
    first = layer.results("training")
    layer.train()
    again = layer.results("training")
    # Gradients must not pile up from call to call.
    for name, gradient in first.items():
        np.testing.assert_array_equal(gradient, again[name])
