"""Which options and weights a runtime takes, against what the layers of `tidegate.nn` have."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.runtime import Recurrent
from tidegate.runtime.options import expected_shapes, parsed

F, H = 3, 5
SIZES = {"input_size": F, "hidden_size": H}
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM, "mingru": nn.MinGRU, "minlstm": nn.MinLSTM}
STACKS = [
    {},
    {"bias": False},
    {"num_layers": 3, "bidirectional": True, "learn_initial_state": True},
    {"num_layers": 2, "bidirectional": True, "merge": "sum"},
]
EXTRAS = {
    "rnn": [{}, {"layer_norm": True}],
    "gru": [{}, {"layer_norm": True}],
    "lstm": [{}, {"proj_size": 2}, {"peephole": True}, {"layer_norm": True}],
    "mingru": [{}],
    "minlstm": [{}],
}


@pytest.mark.parametrize(("cell", "extra"), [(cell, extra) for cell in EXTRAS for extra in EXTRAS[cell]], ids=str)
@pytest.mark.parametrize("stack", STACKS, ids=str)
def test_the_weights_asked_for_are_the_layers_state_dict(cell, extra, stack):
    options = SIZES | stack | extra
    state = LAYERS[cell](**options).state_dict()
    assert expected_shapes(*parsed(cell, options)) == {name: tuple(tensor.shape) for name, tensor in state.items()}


@pytest.mark.parametrize(
    ("cell", "options", "message"),
    [
        ("transformer", SIZES, "cell 'transformer' is not known: choose from rnn, gru, lstm, mingru, minlstm"),
        ("gru", {"hidden_size": H}, "input_size is missing"),
        ("gru", SIZES | {"peephole": True}, "peephole is not an option of the cell 'gru'"),
        ("lstm", SIZES | {"reset": "before"}, "reset is not an option of the cell 'lstm'"),
        ("gru", SIZES | {"reset": "inside"}, "reset='inside' is not known"),
        ("rnn", SIZES | {"nonlinearity": "gelu"}, "nonlinearity='gelu' is not known"),
        ("gru", SIZES | {"merge": "max"}, "merge='max' is not known"),
        ("gru", SIZES | {"num_layers": 0}, "num_layers=0: there must be one or more"),
        ("gru", SIZES | {"zoneout": 1.0}, "zoneout=1.0 must be a share"),
    ],
)
def test_options_that_do_not_fit_are_named(cell, options, message):
    with pytest.raises(ConfigurationError, match=message):
        parsed(cell, options)


def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=shape) for name, shape in expected_shapes(*parsed("gru", SIZES)).items()}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight_hh_l0": None}, "the weights lack weight_hh_l0"),
        ({"weight_ih_l1": np.zeros((15, 5))}, "the weights hold weight_ih_l1, which these options have no place for"),
        ({"bias_ih_l0": np.zeros(5)}, r"bias_ih_l0 has shape \[5\], expected \[15\]"),
        ({"bias_ih_l0": np.zeros(15, np.float32)}, "must all have one floating-point type"),
    ],
)
def test_weights_that_do_not_fit_are_named(change, message):
    changed = {name: array for name, array in (weights() | change).items() if array is not None}
    with pytest.raises(ConfigurationError, match=message):
        Recurrent("gru", SIZES, changed)


def test_whole_numbers_are_no_weights():
    with pytest.raises(ConfigurationError, match="must all have one floating-point type"):
        Recurrent("gru", SIZES, {name: array.astype(int) for name, array in weights().items()})
