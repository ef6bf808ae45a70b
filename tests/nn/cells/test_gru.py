from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError

# float64 throughout: a step sums ten products of order one, so 1e-12 is some thousand roundings.
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def normalised(a: np.ndarray) -> np.ndarray:
    return (a - a.mean(1, keepdims=True)) / np.sqrt(a.var(1, keepdims=True) + 1e-5)


def by_rows(w: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """W_r, U_z, b_n… from the stacked arrays."""
    letters = {"weight_ih": "W", "weight_hh": "U", "bias_ih": "b", "bias_hh": "c", "gain_ih": "G", "gain_hh": "g"}
    return {
        f"{letters[name]}_{gate}": part
        for name, array in w.items()
        for gate, part in zip("rzn", np.split(array, 3), strict=True)
    }


@pytest.mark.parametrize("reset", ["after", "before"])
def test_a_step_is_the_papers_equation(reset, arrays, x, h) -> None:
    cell = nn.GRUCell(3, 5, reset=reset, dtype=torch.float64)
    w = by_rows(arrays(cell))
    r = sigmoid(x @ w["W_r"].T + w["b_r"] + h @ w["U_r"].T + w["c_r"])
    z = sigmoid(x @ w["W_z"].T + w["b_z"] + h @ w["U_z"].T + w["c_z"])
    if reset == "after":
        n = np.tanh(x @ w["W_n"].T + w["b_n"] + r * (h @ w["U_n"].T + w["c_n"]))
    else:
        n = np.tanh(x @ w["W_n"].T + w["b_n"] + (r * h) @ w["U_n"].T + w["c_n"])
    actual = cell(torch.tensor(x), torch.tensor(h))
    np.testing.assert_allclose(actual.detach(), z * h + (1 - z) * n, **EXACT)


@pytest.mark.parametrize("reset", ["after", "before"])
def test_layer_norm_takes_the_gates_together_and_the_candidate_alone(reset, arrays, x, h) -> None:
    layer = nn.GRU(3, 5, reset=reset, layer_norm=True, dtype=torch.float64)
    stacked = arrays(layer)
    w = by_rows(stacked)

    def product(name: str, a: np.ndarray, rows: slice) -> np.ndarray:
        normal = normalised(a @ stacked[f"weight_{name}"][rows].T)
        return normal * stacked[f"gain_{name}"][rows] + stacked[f"bias_{name}"][rows]

    both, last = slice(0, 10), slice(10, 15)
    r, z = np.split(sigmoid(product("ih", x, both) + product("hh", h, both)), 2, axis=1)
    recurrent = r * product("hh", h, last) if reset == "after" else product("hh", r * h, last)
    n = np.tanh(product("ih", x, last) + recurrent)
    _, final = layer(torch.tensor(x)[None], torch.tensor(h)[None])
    np.testing.assert_allclose(final[0].detach(), z * h + (1 - z) * n, **EXACT)
    assert w["G_n"].shape == (5,)


def test_the_gates_do_what_their_names_say(x, h) -> None:
    """z ≈ 0 keeps the state, z ≈ 1 overwrites it, r ≈ 0 forgets the past in the candidate."""
    layer = nn.GRU(3, 5, reset="before", dtype=torch.float64)
    given = torch.tensor(x)[None], torch.tensor(h)[None]
    with torch.no_grad():
        layer.bias_ih_l0[5:10] = 50.0
        torch.testing.assert_close(layer(*given)[1], given[1])
        layer.bias_ih_l0[5:10] = -50.0
        layer.bias_ih_l0[:5] = -50.0
        other = given[0], given[1] + 1
        torch.testing.assert_close(layer(*given)[1], layer(*other)[1])
        assert layer.trace(*given)[0]["update"].min() > 0.999
        assert layer.trace(*given)[0]["reset"].max() < 0.001


def test_the_reset_makes_a_difference(x, h) -> None:
    after = nn.GRUCell(3, 5, dtype=torch.float64)
    before = nn.GRUCell(3, 5, reset="before", dtype=torch.float64)
    before.load_state_dict(after.state_dict(), strict=True)
    given = torch.tensor(x), torch.tensor(h)
    assert (after(*given) - before(*given)).abs().max() > 1e-3


def test_an_unknown_reset_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"reset='between'.*'after'.*'before'"):
        nn.GRUCell(3, 5, reset="between")
