import numpy as np
import pytest
import torch
from torch import Tensor

from tidegate.errors import ConfigurationError
from tidegate.nn.attention import AdditiveAttention, MultiplicativeAttention, attention

B, T, S, Q, M = 3, 4, 5, 6, 7
LENGTHS = torch.tensor([5, 2, 3])
KINDS = [("additive", M), ("general", M), ("dot", Q)]


def drawn(kind: str, width: int) -> tuple:
    torch.manual_seed(0)
    return attention(kind, Q, width), torch.randn(B, T, Q), torch.randn(B, S, width)


def score(kind: str, layer, query: Tensor, value: Tensor) -> float:
    """The papers' equations for a single query and value."""
    match kind:
        case "additive":
            inner = layer.from_query.weight @ query + layer.from_memory.weight @ value + layer.from_memory.bias
            return (layer.energy.weight[0] @ torch.tanh(inner)).item()
        case "general":
            return (query @ (layer.from_memory.weight @ value)).item()
    return (query @ value).item()


@pytest.mark.parametrize(("kind", "width"), KINDS)
def test_context_and_weights_are_those_of_the_equations(kind, width):
    layer, queries, values = drawn(kind, width)
    context, weights = layer(queries, layer.memory(values, LENGTHS))
    for row in range(B):
        true = int(LENGTHS[row])
        for step in range(T):
            scores = np.array([score(kind, layer, queries[row, step], values[row, place]) for place in range(true)])
            wanted = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
            # A few float32 roundings apart.
            np.testing.assert_allclose(weights[row, step, :true].detach().numpy(), wanted, atol=1e-6)
            mean = wanted @ values[row, :true].numpy()
            np.testing.assert_allclose(context[row, step].detach().numpy(), mean, atol=1e-5)
        assert weights[row, :, true:].eq(0).all()


@pytest.mark.parametrize(("kind", "width"), KINDS)
def test_padding_changes_neither_result_nor_gradient(kind, width):
    layer, queries, values = drawn(kind, width)
    other = values.clone()
    for row, length in enumerate(LENGTHS.tolist()):
        other[row, length:] = 1e4 * torch.randn(S - length, width)
    results = []
    for given in (values, other):
        given.requires_grad_()
        context, _ = layer(queries, layer.memory(given, LENGTHS))
        layer.zero_grad()
        context.square().sum().backward()
        results.append((context, [weight.grad.clone() for weight in layer.parameters()], given.grad))
    (context, gradients, by_values), (again, same, by_other) = results
    assert torch.equal(context, again)
    assert all(torch.equal(one, two) for one, two in zip(gradients, same, strict=True))
    assert torch.equal(by_values, by_other)


@pytest.mark.parametrize(("kind", "width"), KINDS)
def test_a_row_without_steps_attends_to_nothing(kind, width):
    layer, queries, values = drawn(kind, width)
    context, weights = layer(queries, layer.memory(values, torch.tensor([5, 0, 3])))
    assert weights[1].eq(0).all()
    assert context[1].eq(0).all()
    assert torch.allclose(weights[0].sum(-1), torch.ones(T))  # within float32's rounding


def test_without_lengths_all_steps_are_true():
    layer, queries, values = drawn("general", M)
    whole = layer(queries, layer.memory(values))
    told = layer(queries, layer.memory(values, torch.full((B,), S)))
    assert all(torch.equal(one, two) for one, two in zip(whole, told, strict=True))


def test_rows_of_a_memory_can_be_chosen_and_repeated():
    layer, queries, values = drawn("additive", M)
    rows = torch.tensor([2, 0, 2])
    chosen = layer(queries[rows], layer.memory(values, LENGTHS).select(rows))
    whole = layer(queries, layer.memory(values, LENGTHS))
    # The same sums in another order of rows.
    assert all(torch.allclose(one, two[rows], atol=1e-6) for one, two in zip(chosen, whole, strict=True))


def test_names_make_the_kinds():
    assert isinstance(attention("additive", Q, M), AdditiveAttention)
    assert attention("general", Q, M).from_memory is not None
    assert isinstance(attention("dot", Q, Q), MultiplicativeAttention)
    with pytest.raises(ConfigurationError, match="compares 6 units of the decoder with 7"):
        attention("dot", Q, M)
    with pytest.raises(ConfigurationError, match="'additive', 'general', 'dot'"):
        attention("cosine", Q, M)
