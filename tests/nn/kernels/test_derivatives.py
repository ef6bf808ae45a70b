"""Derivatives of other kinds than backward's: the engine has none, so they go where torch's operators are."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad

from tidegate import nn
from tidegate.nn.kernels.dispatch import explain, force_path

LAYERS = {
    "rnn": lambda: nn.RNN(3, 5, dtype=torch.float64),
    "gru": lambda: nn.GRU(3, 5, dtype=torch.float64),
    "lstm": lambda: nn.LSTM(3, 5, dtype=torch.float64),
    "stack": lambda: nn.GRU(3, 5, 2, bidirectional=True, dtype=torch.float64),
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
every_batch = pytest.mark.parametrize("lengths", [None, torch.tensor([6, 0, 2, 6])], ids=["dense", "ragged"])


def some_x() -> Tensor:
    return torch.randn(6, 4, 3, dtype=torch.float64)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")  # torch's own import
@every_layer
@every_batch
@pytest.mark.parametrize("recording", [True, False])
def test_forward_mode(make, lengths, recording) -> None:
    layer, x, direction = make(), some_x(), some_x()
    nudge = 1e-6
    with torch.no_grad():
        ahead, behind = (layer(x + sign * nudge * direction, lengths=lengths)[0] for sign in (1, -1))
    with forward_ad.dual_level(), torch.set_grad_enabled(recording):
        dual = forward_ad.make_dual(x, direction)
        assert explain(layer, dual, lengths=lengths).path == "walk"
        tangent = forward_ad.unpack_dual(layer(dual, lengths=lengths)[0]).tangent
    # Central differences in float64: rounding 1e-16 / 1e-6, and terms of order 1e-12.
    torch.testing.assert_close(tangent, (ahead - behind) / (2 * nudge), rtol=1e-7, atol=1e-8)


@every_layer
@every_batch
def test_many_gradients_at_once(make, lengths) -> None:
    layer, x = make(), some_x().requires_grad_()
    assert explain(layer, x, lengths=lengths).path == "native"
    y, leaves = layer(x, lengths=lengths)[0], [x, layer.weight_hh_l0]
    weights = torch.randn(3, *y.shape, dtype=torch.float64)
    found = torch.autograd.grad(y, leaves, weights, is_grads_batched=True, retain_graph=True)
    one_by_one = [torch.autograd.grad(y, leaves, weight, retain_graph=True) for weight in weights]
    for gradients, alone in zip(found, zip(*one_by_one, strict=True), strict=True):
        torch.testing.assert_close(gradients, torch.stack(alone))
        assert not gradients.requires_grad


@every_layer
@every_batch
def test_gradients_by_torchs_transforms(make, lengths) -> None:
    layer, x = make(), some_x()
    found = torch.func.grad(lambda one: layer(one, lengths=lengths)[0].square().sum())(x)
    x.requires_grad_()
    with force_path("walk"):
        expected = torch.autograd.grad(layer(x, lengths=lengths)[0].square().sum(), x)[0]
    torch.testing.assert_close(found, expected)
