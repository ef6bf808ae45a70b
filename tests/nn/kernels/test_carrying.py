"""Ragged batches on the engine, through all layers and directions: padding is not read and stays 0."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tidegate import nn
from tidegate.nn.kernels.dispatch import explain, force_path

T, B, F, H = 6, 5, 3, 4
LENGTHS = torch.tensor([2, T, 0, 1, 3])
MOSTLY_TRUE = torch.tensor([T, T, 0, T, T])
LAYERS = {
    "rnn": lambda **options: nn.RNN(F, H, 2, **options),
    "gru": lambda **options: nn.GRU(F, H, 2, **options),
    "gru before": lambda **options: nn.GRU(F, H, 2, reset="before", **options),
    "lstm": lambda **options: nn.LSTM(F, H, 2, **options),
    "projected": lambda **options: nn.LSTM(F, H, 2, proj_size=2, **options),
    "peephole": lambda **options: nn.LSTM(F, H, 2, peephole=True, **options),
}
OPTIONS = [
    {},
    {"bidirectional": True, "residual": True},
    {"bidirectional": True, "merge": "sum", "learn_initial_state": True},
    {"batch_first": True, "zoneout": 0.2},
]


def batch(batch_first: bool, lengths: Tensor = LENGTHS) -> Tensor:
    """[T, B, F] whose padding is NaN, as nobody may read it."""
    x = torch.randn(T, B, F, dtype=torch.float64)
    x[torch.arange(T)[:, None] >= lengths] = torch.nan
    return (x.transpose(0, 1) if batch_first else x).clone().requires_grad_()


def differentiated(layer: nn.GRU, x: Tensor, lengths: Tensor) -> list[Tensor]:
    """Outputs, final states and the gradients of everything, each value weighed differently."""
    y, final = layer(x, lengths=lengths)
    outputs = [y, *(final if isinstance(final, tuple) else (final,))]
    draw = torch.Generator().manual_seed(0)
    loss = sum((one * torch.randn(one.shape, generator=draw, dtype=one.dtype)).sum() for one in outputs)
    return [*outputs, *torch.autograd.grad(loss, [x, *layer.parameters()])]


@pytest.mark.parametrize("lengths", [LENGTHS, MOSTLY_TRUE], ids=["taken out", "stays"])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_a_ragged_stack_is_the_walk(make, options, lengths) -> None:
    layer = make(**options, dtype=torch.float64).eval()
    x = batch(layer.batch_first, lengths)
    assert explain(layer, x, lengths=lengths).path == "native"
    found = differentiated(layer, x, lengths)
    with force_path("walk"):
        expected = differentiated(layer, x, lengths)
    # float64 sums of a few dozen terms of order one
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)


def test_lengths_may_change_before_backward() -> None:
    lengths = MOSTLY_TRUE.clone()
    layer, x = nn.GRU(F, H, 2, bidirectional=True, dtype=torch.float64), batch(False, lengths)
    expected = torch.autograd.grad(layer(x, lengths=lengths)[0].sum(), x)[0]
    y, _ = layer(x, lengths=lengths)
    lengths.fill_(1)
    torch.testing.assert_close(torch.autograd.grad(y.sum(), x)[0], expected)


@pytest.mark.parametrize("lengths", [LENGTHS, MOSTLY_TRUE], ids=["taken out", "stays"])
def test_second_derivatives_of_a_ragged_stack(lengths) -> None:
    layer, x = nn.GRU(F, H, 2, bidirectional=True, dtype=torch.float64), batch(False, lengths)

    def penalty() -> Tensor:
        (slope,) = torch.autograd.grad(layer(x, lengths=lengths)[0].square().sum(), x, create_graph=True)
        return torch.autograd.grad(slope.square().sum(), layer.weight_hh_l0)[0]

    found = penalty()
    assert found.abs().min() > 0
    with force_path("walk"):
        torch.testing.assert_close(found, penalty(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("lengths", [LENGTHS, MOSTLY_TRUE], ids=["taken out", "stays"])
def test_dropout_between_layers_leaves_padding_zero(lengths) -> None:
    layer = nn.GRU(F, H, 2, dropout=0.5, recurrent_dropout=0.3, residual=True, dtype=torch.float64)
    y, final = layer(batch(False, lengths), lengths=lengths)
    assert not y[torch.arange(T)[:, None] >= lengths].any()
    # With a residual connection the last output is not the last state, but it is a number.
    assert torch.isfinite(y).all()
    assert torch.isfinite(final).all()
