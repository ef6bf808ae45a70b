"""The runtime against the layers of `tidegate.nn` in evaluation, for every cell and option, in float64 and float32."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError, DataError
from tidegate.runtime import Recurrent

F, H, T, B = 3, 6, 9, 5
LAYERS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM, "mingru": nn.MinGRU, "minlstm": nn.MinLSTM}
LENGTHS = [4, 9, 0, 1, 7]
# Sums in another order: a few roundings of the type per step, over nine steps and two layers of values of order one.
CLOSE = {torch.float64: {"rtol": 0, "atol": 5e-14}, torch.float32: {"rtol": 0, "atol": 2e-5}}

VARIANTS = [
    ("rnn", {}),
    ("rnn", {"nonlinearity": "relu"}),
    ("rnn", {"layer_norm": True}),
    ("rnn", {"nonlinearity": "relu", "layer_norm": True, "bias": False}),
    ("gru", {}),
    ("gru", {"reset": "before"}),
    ("gru", {"layer_norm": True}),
    ("gru", {"reset": "before", "layer_norm": True, "bias": False}),
    ("lstm", {}),
    ("lstm", {"peephole": True}),
    ("lstm", {"proj_size": 4}),
    ("lstm", {"layer_norm": True}),
    ("lstm", {"layer_norm": True, "peephole": True, "proj_size": 4, "bias": False}),
    ("mingru", {}),
    ("minlstm", {}),
]
STACKS = [
    {},
    {"bias": False},
    {"num_layers": 2},
    {"num_layers": 3, "residual": True},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "residual": True},
    {"num_layers": 2, "bidirectional": True, "merge": "sum", "learn_initial_state": True},
    {"num_layers": 2, "bidirectional": True, "merge": "mean", "residual": True, "zoneout": 0.2},
    {"zoneout": 0.3, "learn_initial_state": True},
]


def pair(cell: str, options: dict, dtype: torch.dtype = torch.float64) -> tuple[torch.nn.Module, Recurrent]:
    """A layer with random parameters throughout, and its runtime."""
    torch.manual_seed(0)
    layer = LAYERS[cell](F, H, batch_first=True, dtype=dtype, **options).eval()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(0, 0.5)
    weights = {name: parameter.detach().numpy() for name, parameter in layer.named_parameters()}
    return layer, Recurrent(cell, {"input_size": F, "hidden_size": H, **options}, weights)


def sequence(dtype: torch.dtype = torch.float64) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(B, T, F)).astype(str(dtype).removeprefix("torch."))


def parts(state) -> tuple:
    return state if isinstance(state, tuple) else (state,)


def random_state(layer, x: np.ndarray):
    """A state of the right shapes, taken from a run, so that nothing here repeats how they are made."""
    with torch.no_grad():
        _, state = layer(torch.from_numpy(x))
    rng = np.random.default_rng(2)
    arrays = tuple(rng.normal(size=part.shape).astype(x.dtype) for part in parts(state))
    return arrays if isinstance(state, tuple) else arrays[0]


def tensors(state):
    return tuple(map(torch.from_numpy, state)) if isinstance(state, tuple) else torch.from_numpy(state)


def assert_same(ours, theirs, dtype: torch.dtype = torch.float64):
    for a, b in zip((ours[0], *parts(ours[1])), (theirs[0], *parts(theirs[1])), strict=True):
        assert a.shape == tuple(b.shape)
        np.testing.assert_allclose(a, b.numpy(), **CLOSE[dtype])


@pytest.mark.parametrize("stack", STACKS, ids=str)
@pytest.mark.parametrize(("cell", "variant"), VARIANTS, ids=str)
def test_run_is_the_layer(cell, variant, stack):
    layer, runtime = pair(cell, stack | variant)
    x = sequence()
    state = random_state(layer, x)
    with torch.no_grad():
        assert_same(runtime.run(x), layer(torch.from_numpy(x)))
        assert_same(runtime.run(x, state), layer(torch.from_numpy(x), tensors(state)))
        ragged = layer(torch.from_numpy(x), tensors(state), lengths=torch.tensor(LENGTHS))
    assert_same(runtime.run(x, state, LENGTHS), ragged)


@pytest.mark.parametrize(("cell", "variant"), VARIANTS, ids=str)
def test_run_in_float32(cell, variant):
    layer, runtime = pair(cell, {"num_layers": 2, "zoneout": 0.1} | variant, torch.float32)
    x = sequence(torch.float32)
    outputs, state = runtime.run(x)
    assert {part.dtype for part in (outputs, *parts(state))} == {np.dtype(np.float32)}
    with torch.no_grad():
        assert_same((outputs, state), layer(torch.from_numpy(x)), torch.float32)


@pytest.mark.parametrize("stack", [stack for stack in STACKS if "bidirectional" not in stack], ids=str)
@pytest.mark.parametrize(("cell", "variant"), VARIANTS, ids=str)
def test_steps_are_the_run(cell, variant, stack):
    _, runtime = pair(cell, stack | variant)
    x = sequence()
    outputs, final = runtime.run(x)
    state = None
    for t in range(T):
        output, state = runtime.step(x[:, t], state)
        np.testing.assert_allclose(output, outputs[:, t], **CLOSE[torch.float64])
    for ours, whole in zip(parts(state), parts(final), strict=True):
        np.testing.assert_allclose(ours, whole, **CLOSE[torch.float64])


@pytest.mark.parametrize("cell", LAYERS)
def test_padding_is_never_read(cell):
    _, runtime = pair(cell, {"num_layers": 2, "bidirectional": True})
    clean, poisoned = sequence(), sequence()
    for row, length in enumerate(LENGTHS):
        clean[row, length:] = 0
        poisoned[row, length:] = np.nan
    expected, got = runtime.run(clean, lengths=LENGTHS), runtime.run(poisoned, lengths=np.array(LENGTHS))
    assert np.array_equal(got[0], expected[0])
    assert all(np.array_equal(a, b) for a, b in zip(parts(got[1]), parts(expected[1]), strict=True))
    assert all(np.count_nonzero(got[0][row, length:]) == 0 for row, length in enumerate(LENGTHS))


@pytest.mark.parametrize("cell", LAYERS)
@pytest.mark.parametrize(("batch", "steps"), [(B, 0), (0, T), (0, 0)])
def test_nothing_to_read_gives_no_output_and_the_initial_state(cell, batch, steps):
    layer, runtime = pair(cell, {"num_layers": 2, "bidirectional": True, "learn_initial_state": True})
    outputs, state = runtime.run(np.zeros((batch, steps, F)))
    assert outputs.shape == (batch, steps, 2 * H)
    for name, part in zip("hc", parts(state), strict=False):
        learnt = getattr(layer, f"initial_{name}").detach().numpy()
        assert np.array_equal(part, np.repeat(learnt[:, None], batch, axis=1))


def test_neither_inputs_nor_weights_nor_states_are_touched_or_shared():
    layer, runtime = pair("lstm", {"num_layers": 2})
    x = sequence()
    state = random_state(layer, x)
    copies = x.copy(), state[0].copy(), state[1].copy()
    before = runtime.run(x, state)
    runtime.step(x[:, 0], state)
    assert all(np.array_equal(a, b) for a, b in zip((x, *state), copies, strict=True))
    with torch.no_grad():
        layer.weight_hh_l0.zero_()
    assert np.array_equal(runtime.run(x, state)[0], before[0])


def test_lists_and_other_number_types_are_read():
    _, runtime = pair("gru", {}, torch.float32)
    rows = [[1, 2, 3], [4, 5, 6]]
    output, _ = runtime.step(rows)
    assert output.dtype == np.float32
    assert np.array_equal(output, runtime.step(np.array(rows, np.float64))[0])


def test_options_of_training_have_no_effect():
    layer, runtime = pair("gru", {"num_layers": 2})
    weights = {name: parameter.detach().numpy() for name, parameter in layer.named_parameters()}
    options = {"input_size": F, "hidden_size": H, "num_layers": 2}
    trained = Recurrent("gru", options | {"dropout": 0.5, "recurrent_dropout": 0.2, "batch_first": False}, weights)
    assert np.array_equal(trained.run(sequence())[0], runtime.run(sequence())[0])


def test_a_bidirectional_network_cannot_step():
    _, runtime = pair("gru", {"bidirectional": True})
    with pytest.raises(ConfigurationError, match="reads a sequence to its end before it answers: use run"):
        runtime.step(sequence()[:, 0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r, x: r.run(x[0]), r"x has shape \[9, 3\], expected \[B, T, F\] with F = 3"),
        (lambda r, x: r.run(x[..., :2]), r"x has shape \[5, 9, 2\], expected \[B, T, F\] with F = 3"),
        (lambda r, x: r.step(x), r"x has shape \[5, 9, 3\], expected \[B, F\] with F = 3"),
        (lambda r, x: r.run(x, np.zeros((1, B, H))), "the state has 1 parts, expected"),
        (lambda r, x: r.run(x, (np.zeros((1, B, H)),) * 3), r"the state has 3 parts, expected \(h, c\)"),
        (
            lambda r, x: r.step(x[:, 0], (np.zeros((1, B, H)), np.zeros((1, 1, H)))),
            r"the state c has shape \[1, 1, 6\]",
        ),
        (lambda r, x: r.run(x, lengths=[1, 2]), "lengths must be 5 whole numbers"),
        (lambda r, x: r.run(x, lengths=[1.0] * B), "lengths must be 5 whole numbers, one a sequence, not float64"),
        (lambda r, x: r.run(x, lengths=[1, 2, 3, 4, T + 1]), "lengths must lie between 0 and the 9 steps"),
        (lambda r, x: r.run(x, lengths=[1, 2, 3, 4, -1]), "lengths must lie between 0 and the 9 steps"),
    ],
)
def test_data_of_the_wrong_shape_are_named(call, message):
    _, runtime = pair("lstm", {})
    with pytest.raises(DataError, match=message):
        call(runtime, sequence())


def test_importing_and_running_loads_no_torch():
    program = """
import sys
import numpy as np
from tidegate.runtime import Recurrent
rng = np.random.default_rng(0)
weights = {"weight_ih_l0": rng.normal(size=(6, 3)), "weight_hh_l0": rng.normal(size=(6, 2))}
Recurrent("gru", {"input_size": 3, "hidden_size": 2, "bias": False}, weights).run(rng.normal(size=(1, 4, 3)))
loaded = {name.partition(".")[0] for name in sys.modules}
assert "tidegate" in loaded
sys.exit(" ".join(loaded & {"torch", "lightning_fabric", "pandas", "polars"}) or 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
