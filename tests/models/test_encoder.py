from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError

from tidegate import nn as gated
from tidegate.errors import ConfigurationError
from tidegate.models.encoder import LABELS, LAYERS, Encoder, EncoderOptions, check_encoder

CELLS = list(LAYERS)
SHARES = {"dropout": 0.4, "input_dropout": 0.3, "zoneout": 0.2}


def built(input_size: int = 3, seed: int = 0, **options) -> Encoder:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Encoder(input_size, EncoderOptions(**{"hidden_size": 4, **options})).double()


def inputs(steps: int = 6, seed: int = 1, width: int = 3) -> torch.Tensor:
    return torch.randn(5, steps, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


LENGTHS = torch.tensor([6, 2, 4, 1, 5])


def leaves(state) -> list[torch.Tensor]:
    return [state] if isinstance(state, torch.Tensor) else [leaf for part in state for leaf in leaves(part)]


@pytest.mark.parametrize("cell", CELLS)
def test_without_extras_it_is_the_layer_itself(cell):
    encoder = built(cell=cell, num_layers=2)
    layer = {"rnn": gated.RNN, "gru": gated.GRU, "lstm": gated.LSTM, "mingru": gated.MinGRU, "minlstm": gated.MinLSTM}[
        cell
    ](3, 4, 2, batch_first=True).double()
    layer.load_state_dict(encoder.recurrence.state_dict())
    output, state = encoder(inputs(), None, LENGTHS)
    expected, final = layer(inputs(), lengths=LENGTHS)
    assert torch.equal(output, expected)
    assert all(torch.equal(*pair) for pair in zip(leaves(state), leaves(final), strict=True))
    assert LABELS[cell] == type(layer).__name__


@pytest.mark.parametrize(("merge", "width"), [("concat", 8), ("sum", 4), ("mean", 4)])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_output_is_as_wide_as_it_says(merge, width, batch_norm):
    encoder = built(bidirectional=True, merge=merge, num_layers=2, batch_norm=batch_norm)
    assert encoder(inputs())[0].shape == (5, 6, width)
    assert encoder.output_size == width


@pytest.mark.parametrize("residual", [False, True])
def test_batch_norm_stands_between_the_layers_and_residuals_go_round_them_before_dropout(residual):
    encoder = built(num_layers=3, batch_norm=True, residual=residual, dropout=0.5)
    stack = encoder.recurrence
    encoder(inputs(), None, LENGTHS)  # running statistics move away from 0 and 1
    encoder.eval()
    true = torch.arange(6) < LENGTHS.unsqueeze(1)
    expected, _ = stack.layers[0](inputs(), lengths=LENGTHS)
    for layer, norm in zip(stack.layers[1:], stack.norms, strict=True):
        below = torch.zeros_like(expected)
        below[true] = norm.norm(expected[true])
        above, _ = layer(below, lengths=LENGTHS)
        expected = above + below if residual else above
    assert torch.equal(encoder(inputs(), None, LENGTHS)[0], expected)


def test_the_residual_of_a_normalised_stack_is_not_dropped():
    encoder = built(num_layers=2, batch_norm=True, residual=True, dropout=0.9)
    first, second = encoder.recurrence.layers
    for parameter in second.parameters():
        torch.nn.init.zeros_(parameter)  # the second layer says nothing: what is left is what it was given
    below = encoder.recurrence.norms[0](first(inputs())[0])
    assert torch.equal(encoder(inputs())[0], below)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    "extras", [{}, {"batch_norm": True}, {"residual": True}, {"batch_norm": True, "residual": True}]
)
def test_padding_is_invisible_and_shows_in_no_gradient(cell, extras):
    true = (torch.arange(6) < LENGTHS.unsqueeze(1)).unsqueeze(-1)
    results = []
    for noise in (0.0, 1e3):
        encoder = built(cell=cell, num_layers=2, **extras)
        output, state = encoder(torch.where(true, inputs(), noise * inputs(seed=5)), None, LENGTHS)
        (output * true * inputs(seed=2, width=4)).sum().backward()
        results.append([output * true, *leaves(state), *(p.grad for p in encoder.parameters())])
    for clean, dirty in zip(*results, strict=True):
        assert torch.equal(clean, dirty)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("extras", [{}, {"batch_norm": True, "residual": True}])
def test_a_sequence_in_two_parts_is_the_whole(cell, extras):
    encoder = built(cell=cell, num_layers=2, zoneout=0.3, **extras).eval()
    whole, final = encoder(inputs())
    head, state = encoder(inputs()[:, :4])
    tail, last = encoder(inputs()[:, 4:], state)
    # the same arithmetic per step, matrix products blocked differently: a few units in the last place
    torch.testing.assert_close(torch.cat([head, tail], dim=1), whole, rtol=1e-13, atol=1e-14)
    for one, other in zip(leaves(last), leaves(final), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("option", [*SHARES, "recurrent_dropout"])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_noise_acts_in_training_and_is_gone_in_evaluation(option, batch_norm):
    encoder = built(num_layers=2, batch_norm=batch_norm, **{option: 0.5})
    torch.manual_seed(0)
    assert not torch.equal(encoder(inputs())[0], encoder(inputs())[0])
    encoder.eval()
    assert torch.equal(encoder(inputs())[0], encoder(inputs())[0])


def test_dropout_of_the_inputs_hides_inputs():
    encoder = built(input_dropout=0.5)
    seen = []
    encoder.recurrence.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    encoder(inputs())
    hidden = seen[0] == 0
    assert 0.2 < hidden.double().mean() < 0.8  # 90 draws of one half: six standard deviations to either side
    assert torch.equal(seen[0][~hidden], 2 * inputs()[~hidden])


@pytest.mark.parametrize("batch_norm", [False, True])
def test_initialisation_schemes_reach_every_layer(batch_norm):
    encoder = built(cell="lstm", num_layers=2, batch_norm=batch_norm, initialisation=("orthogonal", "forget_bias_1"))
    names = dict(encoder.named_parameters())
    recurrent = [value for name, value in names.items() if "weight_hh" in name]
    biases = [value for name, value in names.items() if "bias_ih" in name]
    assert len(recurrent) == len(biases) == 2
    for matrix in recurrent:
        for gate in matrix.split(4):
            # initialised in single precision: a few of its units
            torch.testing.assert_close(gate @ gate.T, torch.eye(4).double(), rtol=0, atol=1e-6)
    for bias in biases:
        assert bias.tolist() == [0.0] * 4 + [1.0] * 4 + [0.0] * 8


def test_without_schemes_the_weights_are_those_of_the_layer():
    encoder = built()
    torch.manual_seed(0)
    layer = gated.GRU(3, 4, batch_first=True).double()
    assert all(torch.equal(a, b) for a, b in zip(encoder.parameters(), layer.parameters(), strict=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "lstm", "reset": "before"}, r"reset='before' is an option of cell='gru', not of cell='lstm'"),
        ({"cell": "mingru", "layer_norm": True}, r"layer_norm=True is an option of cell='rnn', 'gru', 'lstm', not of"),
        ({"cell": "minlstm", "recurrent_dropout": 0.1}, "no recurrent product"),
        ({"cell": "gru", "initialisation": ("forget_bias_1",)}, "needs a forget gate"),
        ({"cell": "gru", "initialisation": ("orthogonl",)}, "choose from torch, glorot, orthogonal"),
        ({"merge": "sum"}, "merge"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, message):
    with pytest.raises(ConfigurationError, match=message):
        check_encoder(EncoderOptions(**options))


def test_the_check_draws_no_numbers_and_needs_no_memory():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    check_encoder(EncoderOptions(hidden_size=10**6, initialisation=("glorot",)))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    "wrong", [{"hidden_size": 0}, {"dropout": 1.0}, {"zoneout": -0.1}, {"cell": "qrnn"}, {"width": 3}]
)
def test_impossible_values_are_refused(wrong):
    with pytest.raises(ValidationError):
        EncoderOptions(**wrong)
