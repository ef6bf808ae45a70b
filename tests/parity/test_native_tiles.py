"""Products in tiles of a matrix unit, where the machine has one: as exact as torch, the same for whatever comes in."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import native_cases
import numpy as np
import pytest
import textbook
import torch
from native_cases import Case, Sizes

from tidegate import _native
from tidegate.nn.kernels import native
from tidegate.nn.kernels.native import GATES, KINDS, Inputs, Options, Outputs

KINDS_OF_CELL = sorted(GATES)
LARGE = Sizes(5, 33, 97, 130, 130)
"""Beyond every threshold below which tiles are not used, and nowhere a multiple of a tile."""
SPOILT = (float("inf"), float("-inf"), float("nan"), 1e30)

pytestmark = pytest.mark.skipif("amx" not in _native.isas(), reason="this machine or build has no tiles")


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def case_of(kind: str, sizes: Sizes, *extras: str, reverse: bool = False) -> Case:
    return native_cases.make(Options(kind, reverse), sizes, 7, frozenset(("bias", *extras)))


def in_float32(case: Case) -> Case:
    made = {n: t.float() for n, t in case.inputs._asdict().items() if t is not None and t.is_floating_point()}
    return case._replace(inputs=case.inputs._replace(**made))


@pytest.mark.parametrize("kind", KINDS_OF_CELL)
@pytest.mark.parametrize(("batch", "features", "units"), [(8, 257, 128), (17, 96, 129), (65, 97, 257), (33, 3, 160)])
def test_as_exact_as_torch(kind: str, batch: int, features: int, units: int) -> None:
    for reverse in (False, True):
        case = case_of(kind, Sizes(9, batch, features, units, units), "state", reverse=reverse)
        native_cases.assert_as_near(case, native.run, textbook.run, textbook.run, torch.float32)


@pytest.mark.parametrize("kind", KINDS_OF_CELL)
def test_every_option_together(kind: str) -> None:
    case = case_of(kind, LARGE, "state", "lengths", "dropout", "keep", "peepholes")
    native_cases.assert_as_near(case, native.run, textbook.run, textbook.run, torch.float32)


NOT_FACTORS = ("dropout", "keep", "keep_cell", "lengths")


def with_tiny_numbers(case: Case) -> Case:
    """Every other number, wherever it stands, so small that parts of it are denormal in float32, or nothing."""
    draw = torch.Generator().manual_seed(3)

    def shrunk(one: torch.Tensor | None) -> torch.Tensor | None:
        if one is None:
            return None
        scale = 10.0 ** (-46 + 20 * torch.rand(one.shape, dtype=one.dtype, generator=draw))
        return torch.where(torch.rand(one.shape, generator=draw) < 0.5, one * scale, one)

    inputs = {n: one if n in NOT_FACTORS else shrunk(one) for n, one in case.inputs._asdict().items()}
    return Case(case.options, Inputs(**inputs), Outputs(*map(shrunk, case.arriving)))


@pytest.mark.parametrize("kind", KINDS_OF_CELL)
def test_tiny_numbers_beside_ordinary_ones(kind: str) -> None:
    case = with_tiny_numbers(case_of(kind, LARGE, "state", "lengths"))
    native_cases.assert_as_near(case, native.run, textbook.run, textbook.run, torch.float32)


def test_projected_lstm() -> None:
    case = case_of("lstm", LARGE._replace(outputs=100), "state", "lengths", "projection")
    native_cases.assert_as_near(case, native.run, textbook.run, textbook.run, torch.float32)


@pytest.mark.parametrize("kind", KINDS_OF_CELL)
def test_the_number_of_threads_changes_no_bit(kind: str, threads) -> None:
    for sizes in (LARGE, Sizes(4, 35, 100, 400, 400)):
        case, found = in_float32(case_of(kind, sizes, "state", "lengths")), []
        case.inputs.x[3, 1, 5] = float("inf")
        for count in (1, 2, 3):
            threads(count)
            found.append(native.run(case.options, case.inputs).y)
        assert all(torch.equal(found[0].nan_to_num(2.0), other.nan_to_num(2.0)) for other in found[1:])


@pytest.mark.parametrize("kind", KINDS_OF_CELL)
def test_a_row_that_cannot_be_split_changes_no_other(kind: str) -> None:
    clean = in_float32(case_of(kind, LARGE))
    expected = native.run(clean.options, clean.inputs).y
    others = torch.arange(LARGE.batch) != 20
    for value in SPOILT:
        inputs = clean.inputs._replace(x=clean.inputs.x.clone())
        inputs.x[20, 2, 50] = value
        assert torch.equal(native.run(clean.options, inputs).y[others], expected[others])


@pytest.mark.parametrize("kind", KINDS_OF_CELL)
def test_packed_once_is_packed_for_the_call(kind: str) -> None:
    case = in_float32(case_of(kind, LARGE, "state"))
    expected = native.run(case.options, case.inputs).y.numpy()
    layer = _native.Layer32(KINDS[kind], *[None if one is None else one.numpy() for one in case.inputs[1:7]])
    states = [None if one is None else one.numpy().copy() for one in (case.inputs.state, case.inputs.cell)]
    y = np.full_like(expected, np.nan)
    layer.run(case.inputs.x.numpy(), y, *states)
    np.testing.assert_array_equal(y, expected)


def spoilt_results() -> list[torch.Tensor]:
    """Outputs of calls with something in them that is no number, or very large: in x, in the state, in the weights."""
    found = []
    for kind, place, value in itertools.product(KINDS_OF_CELL, ("x", "state", "recurrent_weights"), SPOILT):
        case = in_float32(case_of(kind, LARGE, "state"))
        spoilt = getattr(case.inputs, place)
        spoilt[(11, *[4] * (spoilt.dim() - 1))] = value
        found.append(native.run(case.options, case.inputs).y)
    return found


def test_what_is_no_number_gives_what_multiply_adds_give(tmp_path: Path) -> None:
    if "TIDEGATE_ISA" in os.environ:
        pytest.skip("one instruction set is forced already")
    path = tmp_path / "avx512.pt"
    code = f"import sys, torch; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    code += f"import test_native_tiles; torch.save(test_native_tiles.spoilt_results(), {str(path)!r})"
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"TIDEGATE_ISA": "avx512"}, check=True)
    for ours, theirs in zip(spoilt_results(), torch.load(path), strict=True):
        assert torch.equal(ours.isnan(), theirs.isnan())
        assert torch.equal(ours == float("inf"), theirs == float("inf"))
        assert torch.equal(ours == float("-inf"), theirs == float("-inf"))
        finite = theirs.where(theirs.isfinite(), 0.0)
        largest = finite.abs().amax(-1, keepdim=True).clamp(min=1.0)
        # A state of large and small units is as exact as its largest; 1e-5 is what five steps of float32 lose.
        assert (((ours.where(theirs.isfinite(), 0.0) - finite) / largest).abs() < 1e-5).all()
