"""Second derivatives through the engine's path are those of the walk."""

import pytest
import torch

from tidegate import nn
from tidegate.nn.kernels import native
from tidegate.nn.kernels.dispatch import force_path

if not native.AVAILABLE:
    pytest.skip("the engine is not built here", allow_module_level=True)

MAKES = {
    "rnn": lambda: nn.RNN(3, 4, bidirectional=True, dtype=torch.float64),
    "relu": lambda: nn.RNN(3, 4, nonlinearity="relu", dtype=torch.float64),
    "gru": lambda: nn.GRU(3, 4, num_layers=2, batch_first=True, dtype=torch.float64),
    "gru before": lambda: nn.GRU(3, 4, reset="before", bias=False, dtype=torch.float64),
    "lstm": lambda: nn.LSTM(3, 4, bidirectional=True, dtype=torch.float64),
    "lstm projected": lambda: nn.LSTM(3, 4, proj_size=2, dtype=torch.float64),
    "lstm peephole": lambda: nn.LSTM(3, 4, peephole=True, dtype=torch.float64),
    "zoneout": lambda: nn.GRU(3, 4, zoneout=0.3, dtype=torch.float64).eval(),
}


def second(layer: torch.nn.Module, path: str, lengths: list[int] | None) -> list[torch.Tensor]:
    torch.manual_seed(1)
    x = torch.randn(3, 5, 3, dtype=torch.float64) if layer.batch_first else torch.randn(5, 3, 3, dtype=torch.float64)
    x.requires_grad_()
    wanted = [x, *layer.parameters()]
    with force_path(path):
        output, state = layer(x, lengths=lengths)
        parts = state if isinstance(state, tuple) else (state,)
        loss = output.square().sum() + sum(part.pow(3).sum() for part in parts)
        first = torch.autograd.grad(loss, wanted, create_graph=True)
        norm = sum(gradient.square().sum() for gradient in first)
        return [*first, *torch.autograd.grad(norm, wanted)]


@pytest.mark.parametrize("lengths", [None, [4, 0, 5]], ids=["dense", "ragged"])
@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
def test_a_penalty_on_gradients_is_the_walks(make, lengths):
    torch.manual_seed(0)
    layer = make()
    for ours, walked in zip(second(layer, "native", lengths), second(layer, "walk", lengths), strict=True):
        # double precision, sums in another order
        torch.testing.assert_close(ours, walked, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
@pytest.mark.parametrize("batch_first", [False, True], ids=["time first", "batch first"])
def test_masks_and_states_stay_with_their_rows_of_a_padded_batch(batch_first, reverse):
    torch.manual_seed(2)
    batch, steps, features, units = 3, 5, 2, 4

    def drawn(*shape):
        return torch.randn(*shape, dtype=torch.float64, requires_grad=True)

    def mask(width):
        return torch.rand(*((batch, steps) if batch_first else (steps, batch)), width, dtype=torch.float64) / 2

    def run(x, input_weights, recurrent_weights, state, cell):
        given = native.Inputs(x, input_weights, recurrent_weights, state=state, cell=cell, **masks)
        y, last, last_cell = native.run(native.Options("lstm", reverse, batch_first), given)
        return y, last, last_cell

    masks = {
        "dropout": 2 * torch.rand(batch, units, dtype=torch.float64),
        "keep": mask(units),
        "keep_cell": mask(units),
        "lengths": torch.tensor([2, 0, 5]),
    }
    x = drawn(batch, steps, features) if batch_first else drawn(steps, batch, features)
    weights = drawn(4 * units, features), drawn(4 * units, units)
    # Both hold the gradients against differences of the engine's own outputs and of its first gradients.
    assert torch.autograd.gradcheck(run, (x, *weights, drawn(batch, units), drawn(batch, units)))
    assert torch.autograd.gradgradcheck(run, (x, *weights, drawn(batch, units), drawn(batch, units)))
