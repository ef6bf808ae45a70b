from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn

# float64 throughout: a step sums ten products of order one, so 1e-12 is some thousand roundings.
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def normalised(a: np.ndarray) -> np.ndarray:
    return (a - a.mean(1, keepdims=True)) / np.sqrt(a.var(1, keepdims=True) + 1e-5)


def gates(w: dict[str, np.ndarray], x: np.ndarray, h: np.ndarray) -> list[np.ndarray]:
    return np.split(x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"], 4, axis=1)


def one_step(layer: nn.LSTM, x: np.ndarray, h: np.ndarray, c: np.ndarray) -> list[torch.Tensor]:
    state = torch.tensor(h)[None], torch.tensor(c)[None]
    return [part[0].detach() for part in layer(torch.tensor(x)[None], state)[1]]


def test_a_step_is_the_textbook_equation(arrays, x, h, c) -> None:
    cell = nn.LSTMCell(3, 5, dtype=torch.float64)
    i, f, g, o = gates(arrays(cell), x, h)
    after = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    actual = cell(torch.tensor(x), (torch.tensor(h), torch.tensor(c)))
    np.testing.assert_allclose(actual[1].detach(), after, **EXACT)
    np.testing.assert_allclose(actual[0].detach(), sigmoid(o) * np.tanh(after), **EXACT)


def test_peepholes_see_the_old_cell_and_the_new(arrays, x, h, c) -> None:
    layer = nn.LSTM(3, 5, peephole=True, dtype=torch.float64)
    w = arrays(layer)
    i, f, g, o = gates(w, x, h)
    p_i, p_f, p_o = w["peephole"][:5], w["peephole"][5:10], w["peephole"][10:]
    after = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    expected = [sigmoid(o + p_o * after) * np.tanh(after), after]
    for mine, theirs in zip(one_step(layer, x, h, c), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, **EXACT)


@pytest.mark.parametrize("bias", [True, False])
def test_layer_norm_normalises_both_products_and_the_cell_shown(bias, arrays, x, h, c) -> None:
    layer = nn.LSTM(3, 5, bias=bias, layer_norm=True, dtype=torch.float64)
    w = {"bias_ih": 0, "bias_hh": 0, "bias_cell": 0} | arrays(layer)
    assert ("bias_cell_l0" in layer.state_dict()) == bias
    summed = normalised(x @ w["weight_ih"].T) * w["gain_ih"] + w["bias_ih"]
    summed = summed + normalised(h @ w["weight_hh"].T) * w["gain_hh"] + w["bias_hh"]
    i, f, g, o = np.split(summed, 4, axis=1)
    after = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    shown = normalised(after) * w["gain_cell"] + w["bias_cell"]
    for mine, theirs in zip(one_step(layer, x, h, c), [sigmoid(o) * np.tanh(shown), after], strict=True):
        np.testing.assert_allclose(mine, theirs, **EXACT)


def test_projection_with_peepholes(arrays, x, h, c) -> None:
    layer = nn.LSTM(3, 5, proj_size=2, peephole=True, dtype=torch.float64)
    w = arrays(layer)
    h = h[:, :2]
    i, f, g, o = gates(w, x, h)
    p_i, p_f, p_o = np.split(w["peephole"], 3)
    after = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    expected = [(sigmoid(o + p_o * after) * np.tanh(after)) @ w["weight_hr"].T, after]
    for mine, theirs in zip(one_step(layer, x, h, c), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, **EXACT)
