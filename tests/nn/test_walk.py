from __future__ import annotations

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from tidegate import nn
from tidegate.nn.cells.rnn import RNNRecurrence
from tidegate.nn.kernels.dispatch import force_path
from tidegate.nn.walk import Regularisation, bind, walk, zone_out

VARIANTS = {
    "rnn": (nn.RNN, {}),
    "rnn relu": (nn.RNN, {"nonlinearity": "relu"}),
    "rnn norm": (nn.RNN, {"layer_norm": True}),
    "gru": (nn.GRU, {}),
    "gru before": (nn.GRU, {"reset": "before"}),
    "gru norm": (nn.GRU, {"layer_norm": True, "reset": "before"}),
    "gru zoneout": (nn.GRU, {"zoneout": 0.3}),
    "lstm": (nn.LSTM, {}),
    "lstm all": (nn.LSTM, {"peephole": True, "layer_norm": True, "proj_size": 1, "zoneout": 0.2}),
    "mingru": (nn.MinGRU, {}),
    "minlstm": (nn.MinLSTM, {}),
    "residual": (nn.GRU, {"num_layers": 2, "residual": True, "merge": "mean", "bidirectional": True}),
    "learnt": (nn.LSTM, {"learn_initial_state": True, "bidirectional": True}),
    "dropped": (nn.GRU, {"recurrent_dropout": 0.4}),
}


@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
@pytest.mark.parametrize("name", VARIANTS)
def test_first_and_second_derivatives(name: str, check) -> None:
    make, options = VARIANTS[name]
    torch.manual_seed(4)
    layer = make(2, 2, dtype=torch.float64, **options)
    x = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    parameters = dict(layer.named_parameters())

    def run(x: torch.Tensor, *values: torch.Tensor) -> tuple[torch.Tensor, ...]:
        torch.manual_seed(9)
        arguments = (x,), {"lengths": [3, 2]}
        output, final = torch.func.functional_call(layer, dict(zip(parameters, values, strict=True)), *arguments)
        return (output, *final) if isinstance(final, tuple) else (output, final)

    with force_path("walk"):
        assert check(run, (x, *parameters.values()))


def counting(projected: torch.Tensor, state: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return (10 * state[0] + projected,)


def test_the_walk_by_hand_in_both_directions() -> None:
    """h' = 10·h + x writes the walk down in digits: three sequences of 3, 1 and 0 steps, starting from 1, 2 and 3."""
    steps = [torch.tensor([[4.0], [5.0]]), torch.tensor([[6.0]]), torch.tensor([[7.0]])]
    initial = (torch.tensor([[1.0], [2.0], [3.0]]),)
    outputs, (final,) = walk(counting, steps, initial)
    assert outputs.flatten().tolist() == [14, 25, 146, 1467]
    assert final.flatten().tolist() == [1467, 25, 3]
    outputs, (final,) = walk(counting, steps, initial, reverse=True)
    assert outputs.flatten().tolist() == [1764, 25, 176, 17]
    assert final.flatten().tolist() == [1764, 25, 3]


def test_no_steps_leave_the_initial_state() -> None:
    initial = (torch.randn(3, 2),)
    outputs, final = walk(counting, [], initial)
    assert outputs.shape == (0, 2)
    assert final is initial


def seen_states(regularisation: Regularisation, steps: int = 6) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """What the recurrent product saw at each step, and what the state was."""
    notes = []

    class Noting(RNNRecurrence):
        def step(self, projected, state, seen, weights):
            notes.append((seen, state[0]))
            return super().step(projected, state, seen, weights)

    cell = nn.RNNCell(3, 40)
    initial = (torch.rand(2, 40) + 0.5,)
    weights = dict(cell.named_parameters())
    step = bind(Noting(), weights, initial, regularisation)
    walk(step, torch.randn(steps, 2, 40).unbind(), initial)
    return notes


def test_recurrent_dropout_is_one_mask_for_all_steps() -> None:
    torch.manual_seed(0)
    masks = [seen / state for seen, state in seen_states(Regularisation(0.25, training=True))]
    assert len(masks) == 6
    for mask in masks[1:]:
        torch.testing.assert_close(mask, masks[0])
    kept = masks[0] != 0
    # 80 draws at 0.75: between 60 % and 90 % is within four standard deviations.
    assert 0.55 < kept.float().mean() < 0.95
    torch.testing.assert_close(masks[0][kept], torch.full_like(masks[0][kept], 1 / 0.75))
    assert not torch.equal(masks[0][0], masks[0][1])


def test_recurrent_dropout_is_off_in_evaluation() -> None:
    for seen, state in seen_states(Regularisation(0.25, training=False)):
        assert seen is state


def test_zoneout_keeps_old_values_in_training_and_their_expectation_otherwise() -> None:
    torch.manual_seed(0)
    old, new = torch.zeros(100, 100), torch.ones(100, 100)
    drawn = zone_out(new, old, Regularisation(zoneout=0.3, training=True))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    # 10,000 draws: the standard deviation of the mean is 0.0046; five of them.
    assert abs(drawn.mean() - 0.7) < 0.023
    torch.testing.assert_close(zone_out(new, old, Regularisation(zoneout=0.3)), torch.full((100, 100), 0.7))


def test_zoneout_draws_anew_at_each_step() -> None:
    torch.manual_seed(0)
    layer = nn.GRU(3, 50, zoneout=0.5)
    outputs, _ = layer(torch.randn(4, 1, 3))
    stood_still = outputs[1:] == outputs[:-1]
    assert stood_still.any(dim=-1).all()
    assert not torch.equal(stood_still[0], stood_still[1])


def test_zoneout_in_evaluation_is_the_expectation_for_both_states_of_an_lstm() -> None:
    torch.manual_seed(0)
    plain, zoned = nn.LSTM(3, 5, dtype=torch.float64), nn.LSTM(3, 5, zoneout=0.2, dtype=torch.float64)
    zoned.load_state_dict(plain.state_dict())
    x = torch.randn(1, 4, 3, dtype=torch.float64)
    state = torch.randn(2, 1, 4, 5, dtype=torch.float64).unbind()
    for after, old, mixed in zip(plain(x, state)[1], state, zoned.eval()(x, state)[1], strict=True):
        torch.testing.assert_close(mixed, 0.8 * after + 0.2 * old)


def test_expected_zoneout_runs_under_autocast() -> None:
    torch.manual_seed(6)
    layer, x = nn.RNN(3, 4, zoneout=0.25).eval(), torch.randn(5, 2, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        low, _ = layer(x)
    # bfloat16 has eight bits: 2⁻⁸ of values up to one, over five steps.
    torch.testing.assert_close(low.float(), layer(x)[0], rtol=0, atol=5 * 2**-8)
