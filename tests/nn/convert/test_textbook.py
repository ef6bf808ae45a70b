"""Textbook weights against the textbook's equations, written out in NumPy, and round trips bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.nn import convert

F, H, T, B = 3, 5, 7, 4
# σ(−a) and 1 − σ(a) round differently, and so do sums in another order: a few units of 1e-16 over seven steps.
FLOAT64 = {"rtol": 0, "atol": 1e-14}


def σ(a):
    return 1 / (1 + np.exp(-a))


def arrays(gates: int, bias: bool = True, seed: int = 0) -> list[np.ndarray | None]:
    rng = np.random.default_rng(seed)
    one = [
        lambda: rng.normal(size=(H, F)),
        lambda: rng.normal(size=(H, H)),
        lambda: rng.normal(size=H) if bias else None,
    ]
    return [make() for _ in range(gates) for make in one]


def sequence(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(B, T, F)), rng.normal(size=(B, H))


def textbook_rnn(x, h, W_xh, W_hh, b):
    outputs = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_xh.T + h @ W_hh.T + b)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def textbook_gru(x, h, W_r, U_r, b_r, W_z, U_z, b_z, W_h, U_h, b_h):
    outputs = []
    for t in range(x.shape[1]):
        r = σ(x[:, t] @ W_r.T + h @ U_r.T + b_r)
        z = σ(x[:, t] @ W_z.T + h @ U_z.T + b_z)
        candidate = np.tanh(x[:, t] @ W_h.T + (r * h) @ U_h.T + b_h)
        h = (1 - z) * h + z * candidate
        outputs.append(h)
    return np.stack(outputs, axis=1)


def textbook_lstm(x, h, c, W_f, U_f, b_f, W_i, U_i, b_i, W_c, U_c, b_c, W_o, U_o, b_o):
    outputs = []
    for t in range(x.shape[1]):
        f = σ(x[:, t] @ W_f.T + h @ U_f.T + b_f)
        i = σ(x[:, t] @ W_i.T + h @ U_i.T + b_i)
        o = σ(x[:, t] @ W_o.T + h @ U_o.T + b_o)
        c = f * c + i * np.tanh(x[:, t] @ W_c.T + h @ U_c.T + b_c)
        h = o * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def run(layer, state_dict, x, *state):
    layer.load_state_dict(state_dict, strict=True)
    initial = tuple(torch.from_numpy(part)[None] for part in state)
    with torch.no_grad():
        output, _ = layer(torch.from_numpy(x), initial if len(initial) > 1 else initial[0])
    return output.numpy()


def test_rnn_computes_the_textbook_equation():
    weights = arrays(1)
    x, h = sequence()
    layer = nn.RNN(F, H, batch_first=True, dtype=torch.float64)
    output = run(layer, convert.rnn_from_textbook(*weights), x, h)
    np.testing.assert_allclose(output, textbook_rnn(x, h, *weights), **FLOAT64)


def test_gru_computes_the_textbook_equation():
    weights = arrays(3)
    x, h = sequence()
    layer = nn.GRU(F, H, batch_first=True, reset="before", dtype=torch.float64)
    output = run(layer, convert.gru_from_textbook(*weights), x, h)
    np.testing.assert_allclose(output, textbook_gru(x, h, *weights), **FLOAT64)


def test_lstm_computes_the_textbook_equation():
    weights = arrays(4)
    x, h = sequence()
    c = np.random.default_rng(2).normal(size=(B, H))
    layer = nn.LSTM(F, H, batch_first=True, dtype=torch.float64)
    output = run(layer, convert.lstm_from_textbook(*weights), x, h, c)
    np.testing.assert_allclose(output, textbook_lstm(x, h, c, *weights), **FLOAT64)


def test_gru_concatenated_computes_the_textbook_equation():
    rng = np.random.default_rng(3)
    matrices, biases = rng.normal(size=(3, H, H + F)), rng.normal(size=(3, H))
    x, h0 = sequence()
    given = [part for pair in zip(matrices, biases, strict=True) for part in pair]
    layer = nn.GRU(F, H, batch_first=True, reset="before", dtype=torch.float64)
    output = run(layer, convert.gru_from_textbook_concatenated(*given), x, h0)

    h = h0
    for t in range(T):
        both = np.concatenate([h, x[:, t]], axis=1)
        r, z = (σ(both @ matrices[gate].T + biases[gate]) for gate in (0, 1))
        candidate = np.tanh(np.concatenate([r * h, x[:, t]], axis=1) @ matrices[2].T + biases[2])
        h = (1 - z) * h + z * candidate
        np.testing.assert_allclose(output[:, t], h, **FLOAT64)


def test_two_layers_and_both_directions_are_the_union_of_dicts():
    rng = np.random.default_rng(4)
    state = {}
    for depth in (0, 1):
        for reverse in (False, True):
            width = F if depth == 0 else 2 * H
            shapes = [(H, width), (H, H), (H,)] * 3
            weights = [rng.normal(size=shape) for shape in shapes]
            state |= convert.gru_from_textbook(*weights, layer=depth, reverse=reverse)
            back = convert.gru_to_textbook(state, layer=depth, reverse=reverse)
            assert all(np.array_equal(a, b) for a, b in zip(weights, back, strict=True))
    layer = nn.GRU(F, H, num_layers=2, bidirectional=True, reset="before", dtype=torch.float64)
    layer.load_state_dict(state, strict=True)


CONVERTERS = {
    "rnn": (1, convert.rnn_from_textbook, convert.rnn_to_textbook),
    "gru": (3, convert.gru_from_textbook, convert.gru_to_textbook),
    "lstm": (4, convert.lstm_from_textbook, convert.lstm_to_textbook),
}


@pytest.mark.parametrize("cell", CONVERTERS)
@pytest.mark.parametrize("bias", [True, False])
def test_round_trip_is_exact_to_the_bit(cell, bias):
    gates, to_state, from_state = CONVERTERS[cell]
    weights = arrays(gates, bias)
    weights[0][0, 0], weights[1][1, 1] = -0.0, 5e-324  # the sign of zero and the smallest number survive too
    if bias:
        weights[2][:2] = 0.0, -0.0
        weights[-1][:2] = -0.0, 0.0
    back = from_state(to_state(*weights))
    assert [None if w is None else w.tobytes() for w in weights] == [
        None if w is None else w.numpy().tobytes() for w in back
    ]


@pytest.mark.parametrize("cell", CONVERTERS)
def test_state_dict_survives_the_way_out_and_back(cell):
    gates, to_state, from_state = CONVERTERS[cell]
    state = to_state(*arrays(gates))
    again = to_state(*from_state(state))
    assert state.keys() == again.keys()
    assert all(torch.equal(state[name], again[name]) for name in state)


def test_two_biases_become_their_sum():
    state = convert.lstm_from_textbook(*arrays(4))
    state["bias_hh_l0"] = torch.from_numpy(np.random.default_rng(5).normal(size=4 * H))
    forget = slice(H, 2 * H)
    expected = state["bias_ih_l0"][forget] + state["bias_hh_l0"][forget]
    assert torch.equal(convert.lstm_to_textbook(state).b_f, expected)


def test_tensors_are_copied_and_read_only_arrays_accepted():
    weights = [torch.from_numpy(w) for w in arrays(3)]
    state = convert.gru_from_textbook(*weights)
    before = state["weight_ih_l0"].clone()
    weights[0].zero_()
    assert torch.equal(state["weight_ih_l0"], before)

    book = convert.gru_to_textbook(state)
    book.W_r.zero_()
    assert torch.equal(state["weight_ih_l0"], before)

    frozen = arrays(3)
    for array in frozen:
        array.flags.writeable = False
    assert torch.equal(convert.gru_from_textbook(*frozen)["weight_ih_l0"], before)


@pytest.mark.parametrize(
    ("position", "value", "message"),
    [
        (0, np.zeros(H), r"W_r has shape \[5\], expected \[H, F\]$"),
        (1, np.zeros((H, F)), r"U_r has shape \[5, 3\], expected \[H, H\] = \[5, 5\]"),
        (3, np.zeros((F, H)), r"W_z has shape \[3, 5\], expected \[H, F\] = \[5, 3\]"),
        (5, np.zeros((1, H)), r"b_z has shape \[1, 5\], expected \[H\]$"),
        (8, np.zeros(H + 1), r"b_h has shape \[6\], expected \[H\] = \[5\]"),
        (8, None, "b_h missing while other biases are given"),
        (7, None, r"U_h is None, expected an array \[H, H\]"),
        (6, np.zeros((H, F), dtype=int), "W_h holds torch.int64"),
    ],
)
def test_a_wrong_array_is_named_with_the_shape_expected(position, value, message):
    weights = arrays(3)
    weights[position] = value
    with pytest.raises(ConfigurationError, match=message):
        convert.gru_from_textbook(*weights)


def test_a_state_dict_that_does_not_fit_is_refused():
    state = convert.gru_from_textbook(*arrays(3))
    with pytest.raises(ConfigurationError, match="weight_hh_l1 is not in the state dict, which has weight_ih_l0"):
        convert.gru_to_textbook(state, layer=1)
    with pytest.raises(ConfigurationError, match=r"weight_hh_l0 has shape \[15, 5\], expected \[4H, H\] = \[20, 5\]"):
        convert.lstm_to_textbook(state)
    with pytest.raises(ConfigurationError, match="bias_hh_l0 is not in the state dict"):
        convert.gru_to_textbook({name: state[name] for name in state if name != "bias_hh_l0"})


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"peephole": True}, "peephole_l0"),
        ({"layer_norm": True}, "bias_cell_l0"),
        ({"proj_size": 2}, "weight_hr_l0"),
        ({"learn_initial_state": True}, "initial_h"),
    ],
)
def test_weights_without_a_place_in_the_textbook_are_not_dropped(options, name):
    state = nn.LSTM(F, H, **options).state_dict()
    with pytest.raises(ConfigurationError, match=f"{name} has no counterpart"):
        convert.lstm_to_textbook(state)


CELLS = {
    "rnn": (1, nn.RNNCell, {}, convert.rnn_from_textbook, convert.rnn_to_textbook),
    "gru": (3, nn.GRUCell, {"reset": "before"}, convert.gru_from_textbook, convert.gru_to_textbook),
    "lstm": (4, nn.LSTMCell, {}, convert.lstm_from_textbook, convert.lstm_to_textbook),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_takes_and_gives_its_weights_without_a_layer(name):
    gates, make, options, to_state, from_state = CELLS[name]
    given = arrays(gates)
    cell = make(F, H, dtype=torch.float64, **options)
    cell.load_state_dict(to_state(*given, layer=None))
    assert [w.tobytes() for w in given] == [w.numpy().tobytes() for w in from_state(cell.state_dict(), layer=None)]


def test_cells_and_layers_are_not_taken_for_each_other():
    with pytest.raises(ConfigurationError, match="weight_hh is not in the state dict, which has weight_ih_l0"):
        convert.gru_to_textbook(convert.gru_from_textbook(*arrays(3)), layer=None)
    with pytest.raises(ConfigurationError, match="peephole has no counterpart"):
        convert.lstm_to_textbook({**nn.LSTMCell(F, H).state_dict(), "peephole": torch.ones(3, H)}, layer=None)
    with pytest.raises(ConfigurationError, match="layer=None speaks of a cell"):
        convert.gru_from_textbook(*arrays(3), layer=None, reverse=True)


def test_a_transposed_first_matrix_is_blamed_itself():
    given = arrays(3)
    given[0] = given[0].T
    with pytest.raises(ConfigurationError, match=r"W_r has shape \[3, 5\], expected \[H, F\] = \[5, F\]"):
        convert.gru_from_textbook(*given)


def test_lists_and_foreign_byte_order_are_taken_as_the_numbers_they_are():
    given = arrays(3)
    expected = convert.gru_from_textbook(*given)
    for same in ([array.tolist() for array in given], [array.astype(">f8") for array in given]):
        found = convert.gru_from_textbook(*same)
        assert all(torch.equal(found[name], expected[name]) for name in expected)


@pytest.mark.parametrize("value", [[[1.0], [1.0, 2.0]], [["a", "b"]], np.full((H, F), None)])
def test_what_torch_cannot_hold_is_named(value):
    given = arrays(3)
    given[0] = value
    with pytest.raises(ConfigurationError, match="W_r cannot be read as an array of numbers"):
        convert.gru_from_textbook(*given)
