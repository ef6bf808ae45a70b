from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn

# float64 throughout: a step sums ten products of order one, so 1e-12 is some thousand roundings.
EXACT = {"rtol": 1e-12, "atol": 1e-12}


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_a_step_is_elmans_equation(nonlinearity, arrays, x, h) -> None:
    cell = nn.RNNCell(3, 5, nonlinearity=nonlinearity, dtype=torch.float64)
    w = arrays(cell)
    summed = x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"]
    expected = np.tanh(summed) if nonlinearity == "tanh" else np.maximum(summed, 0)
    np.testing.assert_allclose(cell(torch.tensor(x), torch.tensor(h)).detach(), expected, **EXACT)


@pytest.mark.parametrize("bias", [True, False])
def test_layer_norm_normalises_the_sum(bias, arrays, x, h) -> None:
    layer = nn.RNN(3, 5, bias=bias, layer_norm=True, dtype=torch.float64)
    w = arrays(layer)
    a = x @ w["weight_ih"].T + h @ w["weight_hh"].T
    mean, deviation = a.mean(1, keepdims=True), np.sqrt(a.var(1, keepdims=True) + 1e-5)
    expected = np.tanh(w["gain"] * (a - mean) / deviation + (w["bias_ih"] + w["bias_hh"] if bias else 0))
    _, final = layer(torch.tensor(x)[None], torch.tensor(h)[None])
    np.testing.assert_allclose(final[0].detach(), expected, **EXACT)


def test_an_unknown_nonlinearity_is_named() -> None:
    with pytest.raises(ValueError, match="Unknown nonlinearity 'sine'"):
        nn.RNNCell(3, 5, nonlinearity="sine")


def test_the_repr_is_torchs() -> None:
    for options in ({}, {"bias": False}, {"nonlinearity": "relu"}):
        assert repr(nn.RNNCell(3, 5, **options)) == repr(torch.nn.RNNCell(3, 5, **options))
