"""Each step against the cell of `tidegate.nn` it stands for, and at the edges of the numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.runtime import steps

F, H, B = 3, 5, 4
# One step of values of order one: a few roundings of 1e-16.
FLOAT64 = {"rtol": 0, "atol": 2e-15}

CASES = [
    (steps.RNN(), nn.RNNCell, {}),
    (steps.RNN("relu"), nn.RNNCell, {"nonlinearity": "relu"}),
    (steps.GRU(), nn.GRUCell, {}),
    (steps.GRU("before"), nn.GRUCell, {"reset": "before"}),
    (steps.LSTM(), nn.LSTMCell, {}),
    (steps.MinGRU(), nn.MinGRUCell, {}),
    (steps.MinLSTM(), nn.MinLSTMCell, {}),
]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("step", "cell", "options"), CASES)
def test_a_step_is_the_cell(step, cell, options, bias):
    torch.manual_seed(0)
    module = cell(F, H, bias=bias, dtype=torch.float64, **options)
    weights = {name: parameter.detach().numpy() * 3 for name, parameter in module.named_parameters()}
    module.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    rng = np.random.default_rng(1)
    x, state = rng.normal(size=(B, F)), tuple(rng.normal(size=(B, H)) for _ in step.state_names)

    given = tuple(torch.from_numpy(part) for part in state)
    with torch.no_grad():
        expected = module(torch.from_numpy(x), given if len(given) > 1 else given[0])
    result = step(step.project(x, weights), state, weights)
    for ours, theirs in zip(result, expected if isinstance(expected, tuple) else (expected,), strict=True):
        np.testing.assert_allclose(ours, theirs.numpy(), **FLOAT64)


@pytest.mark.parametrize(("step", "cell", "options"), CASES)
def test_shapes_are_those_of_the_cell(step, cell, options):
    for bias in (True, False):
        module = cell(F, H, bias=bias, **options)
        assert step.shapes(F, H, bias) == {name: tuple(p.shape) for name, p in module.named_parameters()}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_σ_is_right_and_silent_from_end_to_end(dtype):
    a = np.array([-np.inf, -1e4, -100, -1, 0, 1, 100, 1e4, np.inf], dtype)
    with np.errstate(all="raise", under="ignore"):
        result = steps.σ(a)
    assert result.dtype == dtype
    expected = torch.sigmoid(torch.from_numpy(a.astype(np.float64))).numpy()
    np.testing.assert_allclose(result, expected, rtol=0, atol=np.finfo(dtype).eps)


def test_the_gates_of_a_minimal_lstm_stay_finite_where_both_underflow():
    state, candidate = np.array([[2.0]]), 7.0
    with np.errstate(all="raise", under="ignore"):
        (h,) = steps.MinLSTM()(np.array([[-2000.0, -2000.0, candidate]]), (state,), {})
    np.testing.assert_allclose(h, [[(2.0 + candidate) / 2]], rtol=1e-15)


def test_layer_norm_is_torchs():
    rng = np.random.default_rng(2)
    a, gain, bias = rng.normal(2, 3, size=(B, H)), rng.normal(size=H), rng.normal(size=H)
    for shift in (bias, None):
        tensors = [None if part is None else torch.from_numpy(part) for part in (a, gain, shift)]
        expected = torch.nn.functional.layer_norm(tensors[0], (H,), *tensors[1:])
        np.testing.assert_allclose(steps.norm(a, gain, shift), expected.numpy(), **FLOAT64)
    assert np.array_equal(steps.norm(np.full((1, H), 3.0), gain, None), np.zeros((1, H)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: steps.RNN("sigmoid"), "nonlinearity='sigmoid' is not known: choose 'tanh' or 'relu'"),
        (lambda: steps.GRU("never"), "reset='never' is not known: choose 'after' or 'before'"),
    ],
)
def test_an_unknown_variant_is_refused(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()
