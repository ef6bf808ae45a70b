"""The engine on NumPy arrays, for prediction without torch: beside the same engine under torch."""

from __future__ import annotations

import itertools

import native_cases
import numpy as np
import pytest
import torch
from native_cases import Case, Sizes

from tidegate import _native
from tidegate.nn.kernels import native
from tidegate.nn.kernels.native import GATES, KINDS, Options

LAYERS = {torch.float32: _native.Layer32, torch.float64: _native.Layer64}


def layer_of(case: Case, dtype: torch.dtype):
    weights = [None if one is None else one.detach().to(dtype).numpy() for one in case.inputs[1:7]]
    return LAYERS[dtype](KINDS[case.options.kind], *weights)


def states(case: Case, dtype: torch.dtype) -> list[np.ndarray | None]:
    return [None if one is None else one.to(dtype).numpy().copy() for one in (case.inputs.state, case.inputs.cell)]


@pytest.mark.parametrize("dtype", LAYERS, ids=str)
@pytest.mark.parametrize("kind", sorted(GATES))
def test_whole_sequences(kind: str, dtype: torch.dtype) -> None:
    for reverse, extras in itertools.product((False, True), (("bias", "state"), ("state", "lengths", "peepholes"))):
        case = native_cases.make(Options(kind, reverse), Sizes(5, 6, 4, 20, 20), 2, frozenset(extras))
        inputs = case.inputs._replace(
            **{n: t.to(dtype) for n, t in case.inputs._asdict().items() if t is not None and n != "lengths"}
        )
        expected = native.run(case.options, inputs)
        y, (state, cell) = np.full((6, 5, 20), np.nan, expected.y.numpy().dtype), states(case, dtype)
        lengths = None if inputs.lengths is None else inputs.lengths.numpy()
        layer_of(case, dtype).run(inputs.x.numpy(), y, state, cell, lengths, reverse)
        np.testing.assert_array_equal(y, expected.y)
        np.testing.assert_array_equal(state, expected.state)
        if cell is not None:
            np.testing.assert_array_equal(cell, expected.cell)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("kind", sorted(GATES))
def test_step_by_step_is_the_walk(kind: str, batch: int) -> None:
    case = native_cases.make(Options(kind), Sizes(5, batch, 4, 20, 20), 2, frozenset(("bias", "state")))
    expected = native_cases.results(native.run, case, torch.float32)
    layer, (state, cell) = layer_of(case, torch.float32), states(case, torch.float32)
    for t in range(5):
        layer.step(np.ascontiguousarray(case.inputs.x[:, t].float().numpy()), state, cell)
        np.testing.assert_allclose(state, expected["y"][:, t], rtol=1e-5, atol=1e-6)


def test_projection_makes_the_state_narrower() -> None:
    case = native_cases.make(Options("lstm"), Sizes(5, 3, 4, 20, 7), 2, frozenset(("bias", "state", "projection")))
    expected = native_cases.results(native.run, case, torch.float64)
    y, (state, cell) = np.empty((3, 5, 7)), states(case, torch.float64)
    layer_of(case, torch.float64).run(case.inputs.x.detach().numpy(), y, state, cell)
    np.testing.assert_allclose(y, expected["y"], rtol=1e-12)


def test_wrong_arrays_are_refused() -> None:
    case = native_cases.make(Options("gru_after"), Sizes(5, 3, 4, 20, 20), 2, frozenset(("bias", "state")))
    layer, x, state = layer_of(case, torch.float32), np.zeros((3, 4), np.float32), np.zeros((3, 20), np.float32)
    with pytest.raises(ValueError, match=r"x must be \[rows, features\]"):
        layer.step(np.zeros((3, 5), np.float32), state)
    with pytest.raises(ValueError, match=r"state must be \[rows, outputs\]"):
        layer.step(x, state[:2])
    with pytest.raises(ValueError, match="a cell belongs to an LSTM"):
        layer.step(x, state, state.copy())
    with pytest.raises(TypeError):
        layer.step(x, state.astype(np.float64))
    with pytest.raises(TypeError):
        layer.step(x, state[:, ::2])
    with pytest.raises(ValueError, match="weights differ"):
        _native.Layer32(2, np.zeros((60, 4), np.float32), np.zeros((57, 20), np.float32))
