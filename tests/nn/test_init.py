"""What each scheme sets, on our layers and on torch's."""

from __future__ import annotations

import math

import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.nn.init import initialise, initialise_chrono

F, H = 7, 16
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
HOMES = {"ours": nn, "torch": torch.nn}


def layer_of(name: str, home: str = "ours", **options) -> torch.nn.Module:
    torch.manual_seed(0)
    if name.endswith("Cell"):
        return getattr(HOMES[home], name)(F, H, **options)
    return getattr(HOMES[home], name)(F, H, num_layers=2, bidirectional=True, **options)


def blocks(layer, stem: str) -> list[torch.Tensor]:
    """Every gate's rows of every parameter of that name."""
    return [
        block.detach()
        for name, parameter in layer.named_parameters()
        if name.startswith(stem)
        for block in parameter.chunk(len(parameter) // H or 1)
    ]


@pytest.fixture(params=[(name, home) for home in HOMES for name in [*GATES, *(f"{cell}Cell" for cell in GATES)]])
def layer(request) -> torch.nn.Module:
    return layer_of(*request.param)


def test_torch_is_what_a_new_layer_has(layer):
    expected = {name: parameter.clone() for name, parameter in layer.named_parameters()}
    initialise(layer, "glorot")
    assert not all(torch.equal(parameter, expected[name]) for name, parameter in layer.named_parameters())
    bound = 1 / math.sqrt(H)
    initialise(layer, "torch")
    values = torch.cat([parameter.detach().flatten() for parameter in layer.parameters()])
    assert values.abs().max() <= bound
    # Of hundreds of uniform draws the largest misses the bound by 5 % with a probability below 0.95^200 = 4e-5.
    assert values.abs().max() > 0.95 * bound
    assert (blocks(layer, "bias_hh")[0] != 0).all()


def test_glorot_bounds_each_gate_by_its_own_fans(layer):
    initialise(layer, "glorot")
    for matrix in blocks(layer, "weight"):
        assert matrix.shape[0] == H
        bound = math.sqrt(6 / sum(matrix.shape))
        assert matrix.abs().max() <= bound
        assert matrix.abs().max() > 0.9 * bound  # of 112 or more uniform draws: missed with probability below 1e-5
    assert all(torch.count_nonzero(bias) == 0 for bias in blocks(layer, "bias"))


def test_orthogonal_makes_each_gates_recurrent_matrix_orthogonal(layer):
    initialise(layer, "orthogonal")
    recurrent = blocks(layer, "weight_hh")
    assert all(matrix.shape == (H, H) for matrix in recurrent)
    for matrix in recurrent:
        # float32: sixteen products of values below one.
        torch.testing.assert_close(matrix @ matrix.T, torch.eye(H), rtol=0, atol=2e-6)
    assert len({matrix[0, 0].item() for matrix in recurrent}) == len(recurrent)
    assert all(torch.count_nonzero(bias) == 0 for bias in blocks(layer, "bias"))
    assert all(0 < matrix.abs().max() <= math.sqrt(6 / sum(matrix.shape)) for matrix in blocks(layer, "weight_ih"))


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("name", ["LSTM", "LSTMCell"])
def test_forget_bias_1_is_the_sum_of_both_biases_and_leaves_the_rest(name, home):
    layer = layer_of(name, home)
    before = {key: parameter.detach().clone() for key, parameter in layer.named_parameters()}
    initialise(layer, "forget_bias_1")
    forget = slice(H, 2 * H)
    for key, parameter in layer.named_parameters():
        if key.startswith("bias"):
            assert (parameter[forget] == (1 if key.startswith("bias_ih") else 0)).all()
            before[key][forget] = parameter[forget].detach()
        assert torch.equal(parameter, before[key])


def test_forget_bias_1_goes_on_top_of_another_scheme():
    layer = layer_of("LSTM")
    initialise(layer, "orthogonal", "forget_bias_1")
    recurrent = blocks(layer, "weight_hh")[0]
    torch.testing.assert_close(recurrent @ recurrent.T, torch.eye(H), rtol=0, atol=2e-6)
    i, f, g, o = (layer.bias_ih_l0 + layer.bias_hh_l0).chunk(4)
    assert (f == 1).all()
    assert torch.count_nonzero(torch.cat([i, g, o])) == 0


def test_forget_bias_1_of_a_minimal_lstm():
    layer = layer_of("MinLSTM")
    initialise(layer, "glorot", "forget_bias_1")
    i, f, n = layer.bias_ih_l1_reverse.chunk(3)
    assert (f == 1).all()
    assert torch.count_nonzero(torch.cat([i, n])) == 0


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("name", ["RNN", "RNNCell"])
def test_identity_carries_the_state_unchanged(name, home):
    layer = layer_of(name, home, nonlinearity="relu")
    initialise(layer, "identity")
    assert all(torch.equal(matrix, torch.eye(H)) for matrix in blocks(layer, "weight_hh"))
    inputs = torch.cat([matrix.flatten() for matrix in blocks(layer, "weight_ih")])
    # The deviation of 112 or more normal draws lies within 30 % of the true one: 4.5 standard errors.
    assert inputs.std().item() == pytest.approx(0.001, rel=0.3)
    assert all(torch.count_nonzero(bias) == 0 for bias in blocks(layer, "bias"))


def test_parts_beyond_torch_start_neutral():
    layer = layer_of("LSTM", layer_norm=True, peephole=True, learn_initial_state=True, proj_size=5)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_()
    initialise(layer, "orthogonal")
    for name, parameter in layer.named_parameters():
        if name.startswith("gain"):
            assert (parameter == 1).all()
        elif name.startswith("weight_hr"):  # [P, H] with P < H: its rows are orthonormal
            torch.testing.assert_close(parameter @ parameter.T, torch.eye(5), rtol=0, atol=2e-6)
        elif name.startswith("weight_hh"):  # [H, P]: its columns are
            for matrix in parameter.chunk(4):
                torch.testing.assert_close(matrix.T @ matrix, torch.eye(5), rtol=0, atol=2e-6)
        elif not name.startswith("weight"):
            assert torch.count_nonzero(parameter) == 0


@pytest.mark.parametrize("home", HOMES)
def test_chrono_spreads_the_memory_of_an_lstm(home):
    layer = layer_of("LSTM", home)
    weights = [matrix.clone() for matrix in blocks(layer, "weight")]
    initialise_chrono(layer, longest=100)
    i, f, _, _ = (layer.bias_ih_l0 + layer.bias_hh_l0).detach().chunk(4)
    assert torch.equal(i, -f)
    assert 0 <= f.min() < f.max() <= math.log(99)
    assert all(torch.equal(a, b) for a, b in zip(weights, blocks(layer, "weight"), strict=True))


def test_chrono_spreads_the_memory_of_a_gru():
    layer = layer_of("GRU")
    reset = (layer.bias_ih_l0 + layer.bias_hh_l0).detach()[:H]
    initialise_chrono(layer, longest=100)
    r, keep, _ = (layer.bias_ih_l0 + layer.bias_hh_l0).detach().chunk(3)
    assert torch.equal(r, reset)
    assert 0 <= keep.min() < keep.max() <= math.log(99)


@pytest.mark.parametrize("scheme", ["torch", "glorot", "orthogonal", "forget_bias_1"])
def test_one_seed_one_result(scheme):
    results = []
    for _ in range(2):
        layer = layer_of("LSTM")
        torch.manual_seed(5)
        initialise(layer, scheme)
        results.append([parameter.detach() for parameter in layer.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


@pytest.mark.parametrize(
    ("layer", "schemes", "message"),
    [
        (lambda: nn.GRU(F, H), ["xavier"], "'xavier' is not known: choose from torch, glorot, orthogonal, identity"),
        (lambda: nn.GRU(F, H), ["glorot", "forget_bias_1"], "needs a forget gate with a bias, which this GRU has not"),
        (lambda: nn.LSTM(F, H, bias=False), ["forget_bias_1"], "needs a forget gate with a bias"),
        (lambda: nn.RNN(F, H), ["identity"], "'identity' needs a recurrence with ReLU"),
        (lambda: nn.GRU(F, H), ["identity"], "'identity' needs a recurrence with ReLU"),
        (lambda: nn.MinGRU(F, H), ["orthogonal"], "needs recurrent matrices, which this MinGRU has not"),
        (lambda: torch.nn.Linear(F, H), ["glorot", "identity"], "recurrent layers and cells, not for Linear"),
    ],
)
def test_a_scheme_that_does_not_fit_is_refused_and_nothing_changed(layer, schemes, message):
    made = layer()
    before = [parameter.detach().clone() for parameter in made.parameters()]
    with pytest.raises(ConfigurationError, match=message):
        initialise(made, *schemes)
    assert all(torch.equal(a, b) for a, b in zip(before, made.parameters(), strict=True))


@pytest.mark.parametrize("layer", [lambda: nn.RNN(F, H), lambda: nn.MinLSTM(F, H), lambda: nn.GRU(F, H, bias=False)])
def test_chrono_needs_gate_biases(layer):
    with pytest.raises(ConfigurationError, match="needs the gate biases of a GRU or LSTM"):
        initialise_chrono(layer(), longest=100)


def test_chrono_needs_a_memory():
    with pytest.raises(ConfigurationError, match="longest=1"):
        initialise_chrono(nn.GRU(F, H), longest=1)
