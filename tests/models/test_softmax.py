from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from tidegate.models import softmax
from tidegate.models.softmax import softmax_loss

STEPS, WIDTH, TOKENS = 23, 5, 17


def drawn(dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, ...]:
    source = torch.Generator().manual_seed(0)
    sizes = ((STEPS, WIDTH), (TOKENS, WIDTH), (TOKENS,))
    tensors = [torch.randn(*size, generator=source, dtype=dtype, requires_grad=True) for size in sizes]
    return (*tensors, torch.randint(TOKENS, (STEPS,), generator=source))


def plain(hidden, weight, bias, targets, smoothing):
    logits = functional.linear(hidden, weight, bias)
    return functional.cross_entropy(logits, targets, reduction="sum", label_smoothing=smoothing)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("at_once", [TOKENS * 4, 1, 10**6])
def test_loss_and_gradients_are_those_of_the_plain_way(monkeypatch, at_once, smoothing):
    monkeypatch.setattr(softmax, "_LOGITS_AT_ONCE", at_once)
    *inputs, targets = drawn()
    expected = plain(*inputs, targets, smoothing)
    wanted = torch.autograd.grad(3 * expected, inputs)
    loss = softmax_loss(*inputs, targets, smoothing)
    torch.testing.assert_close(loss, expected)
    for gradient, want in zip(torch.autograd.grad(3 * loss, inputs), wanted, strict=True):
        torch.testing.assert_close(gradient, want)
    with torch.no_grad():
        torch.testing.assert_close(softmax_loss(*inputs, targets, smoothing), expected)


def test_rounded_products_are_near_the_exact_ones():
    *inputs, targets = drawn(torch.float32)
    expected = softmax_loss(*inputs, targets, 0.1)
    loss = softmax_loss(*inputs, targets, 0.1, torch.bfloat16)
    assert loss.item() != expected.item()
    # bfloat16 keeps 8 bits: 2⁻⁹ relative to a factor
    torch.testing.assert_close(loss, expected, rtol=0.01, atol=0)
    for gradient, want in zip(torch.autograd.grad(loss, inputs), torch.autograd.grad(expected, inputs), strict=True):
        assert gradient.dtype == torch.float32
        assert (gradient - want).norm() < 0.01 * want.norm()


def test_large_logits_do_not_overflow():
    hidden, weight, bias, targets = drawn(torch.float32)
    expected = plain(hidden.detach().double() * 1e3, weight.detach().double(), bias.detach().double(), targets, 0.0)
    loss = softmax_loss(hidden * 1e3, weight, bias, targets)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)  # float32 sums of 23 terms


def test_a_second_derivative_is_refused():
    *inputs, targets = drawn()
    with pytest.raises(RuntimeError, match="once only"):
        torch.autograd.grad(softmax_loss(*inputs, targets), inputs[0], create_graph=True)
