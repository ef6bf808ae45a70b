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
