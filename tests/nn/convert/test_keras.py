"""Keras' layers by their documented equations, written out in NumPy, against ours with converted weights.

https://keras.io/api/layers/recurrent_layers/
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.nn import convert

F, H, T, B = 3, 5, 7, 4
# The order of sums differs; seven steps of values of order one add a few roundings of 1e-16.
FLOAT64 = {"rtol": 0, "atol": 1e-14}


def σ(a):
    return 1 / (1 + np.exp(-a))


def weights(gates: int, bias_rows: int, seed: int = 0) -> list[np.ndarray]:
    """As get_weights() gives them; no bias for zero rows."""
    rng = np.random.default_rng(seed)
    biases = {0: [], 1: [rng.normal(size=gates * H)], 2: [rng.normal(size=(2, gates * H))]}
    return [rng.normal(size=(F, gates * H)), rng.normal(size=(H, gates * H)), *biases[bias_rows]]


def keras_simple_rnn(x, h, kernel, recurrent_kernel, bias):
    outputs = []
    for t in range(T):
        h = np.tanh(x[:, t] @ kernel + h @ recurrent_kernel + bias)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def keras_gru_reset_after(x, h, kernel, recurrent_kernel, bias):
    outputs = []
    for t in range(T):
        x_z, x_r, x_h = np.split(x[:, t] @ kernel + bias[0], 3, axis=1)
        h_z, h_r, h_h = np.split(h @ recurrent_kernel + bias[1], 3, axis=1)
        z, r = σ(x_z + h_z), σ(x_r + h_r)
        h = z * h + (1 - z) * np.tanh(x_h + r * h_h)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def keras_gru_reset_before(x, h, kernel, recurrent_kernel, bias):
    U_z, U_r, U_h = np.split(recurrent_kernel, 3, axis=1)
    outputs = []
    for t in range(T):
        x_z, x_r, x_h = np.split(x[:, t] @ kernel + bias, 3, axis=1)
        z, r = σ(x_z + h @ U_z), σ(x_r + h @ U_r)
        h = z * h + (1 - z) * np.tanh(x_h + (r * h) @ U_h)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def keras_lstm(x, h, kernel, recurrent_kernel, bias):
    c, outputs = np.zeros_like(h), []
    for t in range(T):
        i, f, candidate, o = np.split(x[:, t] @ kernel + h @ recurrent_kernel + bias, 4, axis=1)
        c = σ(f) * c + σ(i) * np.tanh(candidate)
        h = σ(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def inputs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(B, T, F)), rng.normal(size=(B, H))


def output_of(layer, state_dict, x, state):
    layer.load_state_dict(state_dict, strict=True)
    with torch.no_grad():
        return layer(torch.from_numpy(x), state)[0].numpy()


def test_simple_rnn_computes_keras_equation():
    given, (x, h) = weights(1, 1), inputs()
    layer = nn.RNN(F, H, batch_first=True, dtype=torch.float64)
    output = output_of(layer, convert.rnn_from_keras(*given), x, torch.from_numpy(h)[None])
    np.testing.assert_allclose(output, keras_simple_rnn(x, h, *given), **FLOAT64)


@pytest.mark.parametrize(
    ("reset", "bias_rows", "keras"), [("after", 2, keras_gru_reset_after), ("before", 1, keras_gru_reset_before)]
)
def test_gru_computes_keras_equation(reset, bias_rows, keras):
    given, (x, h) = weights(3, bias_rows), inputs()
    layer = nn.GRU(F, H, batch_first=True, reset=reset, dtype=torch.float64)
    output = output_of(layer, convert.gru_from_keras(*given), x, torch.from_numpy(h)[None])
    np.testing.assert_allclose(output, keras(x, h, *given), **FLOAT64)


def test_lstm_computes_keras_equation():
    given, (x, h) = weights(4, 1), inputs()
    layer = nn.LSTM(F, H, batch_first=True, dtype=torch.float64)
    state = torch.from_numpy(h)[None]
    output = output_of(layer, convert.lstm_from_keras(*given), x, (state, torch.zeros_like(state)))
    np.testing.assert_allclose(output, keras_lstm(x, h, *given), **FLOAT64)


def test_bidirectional_weights_are_the_union_of_two_dicts():
    forward, backward = weights(3, 2, seed=2), weights(3, 2, seed=3)
    x, h = inputs()
    state_dict = convert.gru_from_keras(*forward) | convert.gru_from_keras(*backward, reverse=True)
    layer = nn.GRU(F, H, batch_first=True, bidirectional=True, dtype=torch.float64)
    output = output_of(layer, state_dict, x, torch.from_numpy(np.stack([h, h])))
    flipped = keras_gru_reset_after(x[:, ::-1], h, *backward)[:, ::-1]
    np.testing.assert_allclose(output[..., :H], keras_gru_reset_after(x, h, *forward), **FLOAT64)
    np.testing.assert_allclose(output[..., H:], flipped, **FLOAT64)


ROUND_TRIPS = {
    "rnn": (1, 1, convert.rnn_from_keras, convert.rnn_to_keras),
    "rnn, no bias": (1, 0, convert.rnn_from_keras, convert.rnn_to_keras),
    "gru, reset after": (3, 2, convert.gru_from_keras, convert.gru_to_keras),
    "gru, reset before": (3, 1, convert.gru_from_keras, lambda s, **k: convert.gru_to_keras(s, reset="before", **k)),
    "gru, no bias": (3, 0, convert.gru_from_keras, convert.gru_to_keras),
    "lstm": (4, 1, convert.lstm_from_keras, convert.lstm_to_keras),
    "lstm, no bias": (4, 0, convert.lstm_from_keras, convert.lstm_to_keras),
}


@pytest.mark.parametrize("case", ROUND_TRIPS)
def test_round_trip_is_exact_to_the_bit(case):
    gates, bias_rows, to_state, from_state = ROUND_TRIPS[case]
    given = weights(gates, bias_rows)
    given[-1][..., 0] = -0.0
    back = from_state(to_state(*given, layer=2, reverse=True), layer=2, reverse=True)
    assert [w.tobytes() for w in given] == [w.numpy().tobytes() for w in back]
    assert [w.shape for w in given] == [tuple(w.shape) for w in back]


@pytest.mark.parametrize("cell", ["RNN", "GRU", "LSTM"])
def test_torch_weights_survive_the_way_to_keras_and_back(cell):
    torch.manual_seed(0)
    state = getattr(torch.nn, cell)(F, H).state_dict()
    if cell != "GRU":  # Keras keeps two biases in the GRU alone
        state["bias_hh_l0"].zero_()
    to_keras, from_keras = (getattr(convert, f"{cell.lower()}_{way}_keras") for way in ("to", "from"))
    again = from_keras(*to_keras(state))
    assert state.keys() == again.keys()
    assert all(torch.equal(state[name], again[name]) for name in state)


@pytest.mark.parametrize(
    ("position", "shape", "message"),
    [
        (0, (F, 2 * H), r"kernel has shape \[3, 10\], expected \[F, 3H\] = \[F, 15\]"),
        (1, (H, H), r"recurrent_kernel has shape \[5, 5\], expected \[H, 3H\] = \[5, 15\]"),
        (2, (3, 3 * H), r"bias has shape \[3, 15\], expected \[2, 3H\] = \[2, 15\]"),
        (2, (H,), r"bias has shape \[5\], expected \[3H\] = \[15\]"),
    ],
)
def test_a_wrong_array_is_named_with_the_shape_expected(position, shape, message):
    given = weights(3, 2)
    given[position] = np.zeros(shape)
    with pytest.raises(ConfigurationError, match=message):
        convert.gru_from_keras(*given)


def test_an_lstm_has_no_bias_of_two_rows():
    kernel, recurrent_kernel = weights(4, 0)
    with pytest.raises(ConfigurationError, match=r"bias has shape \[2, 20\], expected \[4H\]"):
        convert.lstm_from_keras(kernel, recurrent_kernel, np.zeros((2, 4 * H)))


def test_an_unknown_reset_is_refused():
    with pytest.raises(ConfigurationError, match="reset='inside' is not known"):
        convert.gru_to_keras(convert.gru_from_keras(*weights(3, 2)), reset="inside")


@pytest.mark.parametrize("case", ROUND_TRIPS)
def test_cells_and_lists_round_trip_too(case):
    gates, bias_rows, to_state, from_state = ROUND_TRIPS[case]
    given = weights(gates, bias_rows)
    state = to_state(*(array.tolist() for array in given), layer=None)
    assert {name.partition("_l")[0] for name in state} == set(state)
    assert [w.tobytes() for w in given] == [w.numpy().tobytes() for w in from_state(state, layer=None)]
