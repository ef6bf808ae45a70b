"""The engine under torch's tracers."""

from __future__ import annotations

import native_cases
import pytest
import torch
from native_cases import Sizes
from torch.export import Dim

from tidegate import nn
from tidegate.nn.kernels import native, operators
from tidegate.nn.kernels.dispatch import explain
from tidegate.nn.kernels.native import GATES, Options

SIZES = Sizes(4, 3, 5, 7, 7)


@pytest.fixture(autouse=True)
def nothing_is_compiled_yet() -> None:
    """The compiler gives a function up that it has compiled too often, for whatever test."""
    torch.compiler.reset()


@pytest.mark.parametrize("kind", sorted(GATES))
def test_the_operator_obeys_its_contract(kind: str) -> None:
    for extras in (frozenset(("bias", "state", "dropout", "keep")), frozenset(("peepholes", "lengths"))):
        case = native_cases.make(Options(kind), SIZES, 0, extras)
        inputs = [one.requires_grad_() if one is not None and i < 9 else one for i, one in enumerate(case.inputs)]
        torch.library.opcheck(operators.layer, (*inputs, *case.options))


@pytest.mark.parametrize("kind", sorted(GATES))
def test_the_operator_is_the_function(kind: str) -> None:
    case = native_cases.make(Options(kind), SIZES, 0, frozenset(("bias", "state", "dropout", "keep", "lengths")))
    function, operator = (native_cases.results(one, case, torch.float32) for one in (native.run, operators.run))
    assert function.keys() == operator.keys()
    assert all(torch.equal(one, operator[name]) for name, one in function.items())


@pytest.mark.parametrize("make", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_layer_compiles_in_one_graph_and_trains(make: type) -> None:
    layer, x = make(3, 5, 2, bidirectional=True, batch_first=True), torch.randn(4, 6, 3)
    assert explain(layer, x).path == "native"
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    layer(x)[0].square().sum().backward()
    expected = [parameter.grad for parameter in layer.parameters()]
    layer.zero_grad()
    compiled(x)[0].square().sum().backward()
    for parameter, gradient in zip(layer.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


@pytest.mark.parametrize("make", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_layer_exports(make: type) -> None:
    layer, x = make(3, 5, batch_first=True).eval(), torch.randn(4, 6, 3)
    exported = torch.export.export(layer, (x,))
    assert any(node.target is torch.ops.tidegate.layer.default for node in exported.graph.nodes)
    torch.testing.assert_close(exported.module()(x), layer(x))


@pytest.mark.parametrize("zoneout", [0.0, 0.1])
@pytest.mark.parametrize("dynamic", [(0,), (0, 1)], ids=["batch", "batch and steps"])
@pytest.mark.parametrize("make", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_layer_exports_for_any_size(make: type, dynamic: tuple[int, ...], zoneout: float) -> None:
    layer = make(3, 5, 2, bidirectional=True, batch_first=True, zoneout=zoneout).eval()
    shapes = {axis: Dim(f"axis{axis}") for axis in dynamic}
    exported = torch.export.export(layer, (torch.randn(4, 6, 3),), dynamic_shapes=(shapes,)).module()
    for batch, steps in ((7, 9), (2, 3)):
        x = torch.randn(batch, steps if 1 in dynamic else 6, 3)
        torch.testing.assert_close(exported(x), layer(x))


@pytest.mark.parametrize("make", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_layer_compiles_for_any_size(make: type) -> None:
    layer = make(3, 5, 2, batch_first=True)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True, dynamic=True)
    for batch, steps in ((4, 6), (7, 9), (2, 3)):
        x = torch.randn(batch, steps, 3, requires_grad=True)
        found, expected = compiled(x)[0], layer(x)[0]
        torch.testing.assert_close(found, expected)
        # All inputs and weights count, each output with a weight of its own.
        weight, leaves = torch.randn_like(expected), [x, *layer.parameters()]
        pair = [torch.autograd.grad((one * weight).sum(), leaves) for one in (found, expected)]
        torch.testing.assert_close(*pair)


def ragged(make: type) -> tuple[nn.GRU, torch.Tensor, torch.Tensor]:
    return make(3, 5, 2, bidirectional=True, batch_first=True), torch.randn(4, 6, 3), torch.tensor([6, 2, 0, 3])


@pytest.mark.parametrize("make", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_ragged_batch_compiles_in_one_graph_for_all_lengths(make: type) -> None:
    layer, x, lengths = ragged(make)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    leaves, weight = [x.requires_grad_(), *layer.parameters()], torch.randn(4, 6, 10)
    with torch._dynamo.config.patch(error_on_recompile=True):
        for given in (lengths, lengths.flip(0), torch.full((4,), 6)):
            pair = [one(x, lengths=given) for one in (compiled, layer)]
            torch.testing.assert_close(*pair)
            torch.testing.assert_close(*(torch.autograd.grad((y * weight).sum(), leaves) for y, _ in pair))
    with pytest.raises(ValueError, match="beyond the last step"):
        compiled(x, lengths=lengths + 1)


@pytest.mark.parametrize("make", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_ragged_batch_exports(make: type) -> None:
    layer, x, lengths = ragged(make)
    exported = torch.export.export(layer.eval(), (x,), {"lengths": lengths}).module()
    for given in (lengths, lengths.flip(0)):
        torch.testing.assert_close(exported(x, lengths=given), layer(x, lengths=given))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # inductor's own imports
def test_a_layer_compiles_by_inductor() -> None:
    layer, x = nn.GRU(3, 5, batch_first=True), torch.randn(4, 6, 3)
    torch.testing.assert_close(torch.compile(layer, fullgraph=True)(x), layer(x))
