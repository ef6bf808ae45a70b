"""Gradients of calls large enough for the engine's widest products: many rows at a time, over more than one stretch."""

from __future__ import annotations

import itertools

import native_cases
import pytest
import textbook
import torch
from native_cases import Case, Sizes, assert_as_near

from tidegate.nn.kernels import native
from tidegate.nn.kernels.native import GATES, Options

KINDS = sorted(GATES)
ODD = (1, 3, 17, 65, 257)
EVERY_OPTION = frozenset(("bias", "state", "lengths", "dropout", "keep", "peepholes"))
TWO_STRETCHES = Sizes(20, 40, 21, 40, 40)
"""800 true steps; a stretch is 512."""


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def gradients(case: Case, run: object = native.run) -> dict[str, torch.Tensor]:
    found = native_cases.results(run, case, torch.float32)
    return {name: one for name, one in found.items() if name.startswith("d")}


@pytest.mark.parametrize(("features", "units"), [*zip(ODD, reversed(ODD), strict=True), (33, 64)])
@pytest.mark.parametrize("kind", KINDS)
def test_odd_sizes_are_as_exact_as_float32(kind: str, features: int, units: int) -> None:
    case = native_cases.make(Options(kind), Sizes(6, 33, features, units, units), 2, frozenset(("bias", "state")))
    assert_as_near(case, native.run, textbook.run, textbook.run, torch.float32)


@pytest.mark.parametrize(("kind", "reverse"), [*itertools.product(KINDS, (False, True))])
def test_every_option_over_several_stretches(kind: str, reverse: bool) -> None:
    case = native_cases.make(Options(kind, reverse), TWO_STRETCHES, 1, EVERY_OPTION)
    assert_as_near(case, native.run, textbook.run, textbook.run, torch.float32)


@pytest.mark.parametrize("outputs", [17, 40])
def test_projected_lstm_over_several_stretches(outputs: int) -> None:
    sizes = TWO_STRETCHES._replace(outputs=outputs)
    case = native_cases.make(Options("lstm"), sizes, 2, EVERY_OPTION | {"projection"})
    assert_as_near(case, native.run, textbook.run, textbook.run, torch.float32)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("units", [40, 300])
def test_the_number_of_threads_changes_no_bit(kind: str, units: int, threads) -> None:
    sizes = TWO_STRETCHES._replace(units=units, outputs=units)
    case = native_cases.make(Options(kind), sizes, 3, frozenset(("bias", "state", "lengths")))
    found = []
    for count in (1, 2, 3):
        threads(count)
        found.append(gradients(case))
    for name, one in found[0].items():
        assert all(torch.equal(one, other[name]) for other in found[1:]), name


@pytest.mark.parametrize("size", [1e20, 1e-20])
@pytest.mark.parametrize("kind", KINDS)
def test_huge_and_tiny_gradients_are_as_exact_as_float32(kind: str, size: float) -> None:
    case = native_cases.make(Options(kind), TWO_STRETCHES, 4, frozenset(("bias",)))
    arriving = type(case.arriving)(*[one if one is None else one * size for one in case.arriving])
    assert_as_near(case._replace(arriving=arriving), native.run, textbook.run, textbook.run, torch.float32)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_finite_goes_where_it_goes_in_float32(kind: str, value: float) -> None:
    case = native_cases.make(Options(kind), TWO_STRETCHES, 5, frozenset(("bias",)))
    clean = gradients(case)
    case.arriving.y[7, 11, 5] = value
    found, peer = gradients(case), gradients(case, textbook.run)
    for name, one in found.items():
        assert torch.equal(one.isfinite(), peer[name].isfinite()), name
    others = [row for row in range(TWO_STRETCHES.batch) if row != 7]
    assert torch.equal(found["dx"][others], clean["dx"][others])


@pytest.mark.parametrize("name", ["x", "input_weights", "recurrent_weights"])
@pytest.mark.parametrize("kind", ["gru_after", "gru_before", "lstm"])
def test_operands_too_large_to_split(kind: str, name: str) -> None:
    case = native_cases.make(Options(kind), TWO_STRETCHES, 6, frozenset(("bias",)))
    operand = getattr(case.inputs, name)
    operand.view(-1, operand.shape[-1])[3, 0] = 1e18
    found, peer = gradients(case), gradients(case, textbook.run)
    for which, one in found.items():
        assert torch.equal(one.isfinite(), peer[which].isfinite()), which
