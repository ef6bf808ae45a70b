"""One matrix per gate on [h, x] against two matrices per gate; the equations themselves are tested in test_textbook."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.nn import convert

F, H = 3, 5
CONVERTERS = {
    "gru": (3, convert.gru_from_textbook_concatenated, convert.gru_to_textbook_concatenated),
    "lstm": (4, convert.lstm_from_textbook_concatenated, convert.lstm_to_textbook_concatenated),
}
TWO_MATRICES = {"gru": convert.gru_from_textbook, "lstm": convert.lstm_from_textbook}


def arrays(gates: int, bias: bool = True) -> list[np.ndarray | None]:
    rng = np.random.default_rng(0)
    pairs = [(rng.normal(size=(H, H + F)), rng.normal(size=H) if bias else None) for _ in range(gates)]
    return [part for pair in pairs for part in pair]


@pytest.mark.parametrize("cell", CONVERTERS)
@pytest.mark.parametrize("bias", [True, False])
def test_round_trip_is_exact_to_the_bit(cell, bias):
    gates, to_state, from_state = CONVERTERS[cell]
    weights = arrays(gates, bias)
    back = from_state(to_state(*weights, layer=1, reverse=True), layer=1, reverse=True)
    for given, returned in zip(weights, back, strict=True):
        assert (given is None) == (returned is None)
        assert given is None or given.tobytes() == returned.numpy().tobytes()


@pytest.mark.parametrize("cell", CONVERTERS)
def test_the_first_columns_meet_the_state(cell):
    gates, to_state, _ = CONVERTERS[cell]
    weights = arrays(gates)
    matrices, biases = weights[::2], weights[1::2]
    split = [part for W, b in zip(matrices, biases, strict=True) for part in (W[:, H:], W[:, :H], b)]
    state, expected = to_state(*weights), TWO_MATRICES[cell](*split)
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) for name in state)


@pytest.mark.parametrize("shape", [(H, H), (H + F, H), (H,)])
def test_a_matrix_that_is_not_wider_than_high_is_refused(shape):
    weights = arrays(3)
    weights[2] = np.zeros(shape)
    with pytest.raises(ConfigurationError, match=r"W_z has shape .*, expected \[H, H \+ F\]"):
        convert.gru_from_textbook_concatenated(*weights)


def test_cells_and_lists_round_trip_too():
    given = arrays(3)
    state = convert.gru_from_textbook_concatenated(*(array.tolist() for array in given), layer=None)
    nn.GRUCell(F, H, reset="before", dtype=torch.float64).load_state_dict(state)
    back = convert.gru_to_textbook_concatenated(state, layer=None)
    assert [w.tobytes() for w in given] == [w.numpy().tobytes() for w in back]
