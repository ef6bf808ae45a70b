"""The short way reads a layer's weights at every call and remembers nothing of them, however they change."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

import tidegate
from tidegate.nn.kernels import dispatch, straight
from tidegate.nn.kernels.dispatch import force_path

pytestmark = pytest.mark.skipif(not straight.READY, reason="no engine, or this torch does not show its tensors")

CLOSE = {"rtol": 1e-4, "atol": 1e-4}  # sums of the same products in another order; values are of order one to ten


def went_straight(layer: nn.Module, x: Tensor) -> bool:
    return dispatch.run_straight(layer, x, None) is not None


CHANGES: dict[str, Callable[[nn.Module], object]] = {
    "optimiser": lambda layer: torch.optim.SGD(layer.parameters(), lr=0.5).step(),
    "in place": lambda layer: [one.data.mul_(-2.0) for one in layer.parameters()],
    "data": lambda layer: [setattr(one, "data", torch.randn_like(one)) for one in layer.parameters()],
    "load_state_dict": lambda layer: layer.load_state_dict(type(layer)(3, 5).state_dict()),
    "assigned": lambda layer: layer.load_state_dict(type(layer)(3, 5).state_dict(), assign=True),
    "replaced": lambda layer: setattr(layer, "weight_hh_l0", nn.Parameter(torch.randn_like(layer.weight_hh_l0))),
    "frozen": lambda layer: layer.weight_hh_l0.requires_grad_(False),
    "transposed memory": lambda layer: setattr(layer.weight_ih_l0, "data", torch.randn(3, 15).t()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_weights_are_seen_at_once(change: str) -> None:
    torch.manual_seed(0)
    layer, x, state = tidegate.nn.GRU(3, 5), torch.randn(1, 1, 3), torch.randn(1, 1, 5)
    for one in layer.parameters():
        one.grad = torch.randn_like(one)
    with torch.no_grad():
        before = layer(x, state)[0]
    CHANGES[change](layer)
    with torch.no_grad():
        after = layer(x, state)[0]
        with force_path("walk"):
            expected = layer(x, state)[0]
    torch.testing.assert_close(after, expected, **CLOSE)
    assert torch.equal(before, after) == (change == "frozen")
    wanted = [one for one in layer.parameters() if one.requires_grad]
    got = torch.autograd.grad(layer(x, state)[0].square().sum(), wanted)
    with force_path("walk"):
        truth = torch.autograd.grad(layer(x, state)[0].square().sum(), wanted)
    for one, other in zip(got, truth, strict=True):
        torch.testing.assert_close(one, other, **CLOSE)


def saved_and_loaded(layer: nn.Module) -> nn.Module:
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, copy.copy, lambda layer: pickle.loads(pickle.dumps(layer)), saved_and_loaded],
    ids=["deepcopy", "copy", "pickle", "torch.save"],
)
def test_copies_go_straight_and_are_their_own(copied: Callable[[nn.Module], nn.Module]) -> None:
    layer, x = tidegate.nn.LSTM(3, 5), torch.randn(1, 1, 3)
    with torch.no_grad():
        expected = layer(x)[0]
        other = copied(layer)
        assert went_straight(other, x)
        assert torch.equal(other(x)[0], expected)
        other.weight_ih_l0 = nn.Parameter(torch.zeros_like(other.weight_ih_l0))
        assert not torch.equal(other(x)[0], expected)
        if copied is not copy.copy:  # a shallow copy shares its parameters, in torch too
            assert torch.equal(layer(x)[0], expected)


def test_moved_to_another_type() -> None:
    layer, x = tidegate.nn.GRU(3, 5), torch.randn(1, 1, 3)
    single = layer(x)[0]
    layer.double()
    assert went_straight(layer, x.double())
    torch.testing.assert_close(layer(x.double())[0].float(), single, **CLOSE)
    with pytest.raises(ValueError, match="does not match weight dtype"):
        layer(x)
    layer.bfloat16()
    assert not went_straight(layer, x.bfloat16())


def test_weights_that_are_computed_take_the_long_way() -> None:
    class Doubled(nn.Module):
        def forward(self, weight: Tensor) -> Tensor:
            return 2 * weight

    layer, x = tidegate.nn.GRU(3, 5), torch.randn(1, 1, 3)
    plain = layer(x)[0]
    parametrize.register_parametrization(layer, "weight_ih_l0", Doubled())
    assert not went_straight(layer, x)
    doubled = layer(x)[0]
    assert not torch.equal(doubled, plain)
    parametrize.remove_parametrizations(layer, "weight_ih_l0", leave_parametrized=True)
    assert went_straight(layer, x)
    torch.testing.assert_close(layer(x)[0], doubled, **CLOSE)


def test_functional_call_puts_other_weights_in_place() -> None:
    layer, x = tidegate.nn.GRU(3, 5), torch.randn(1, 1, 3)
    others = {name: torch.randn_like(one) for name, one in layer.named_parameters()}
    got = torch.func.functional_call(layer, others, (x,))[0]
    layer.load_state_dict(others)
    assert torch.equal(got, layer(x)[0])
