"""The loss of a softmax over many tokens, straight from what the network made of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

_LOGITS_AT_ONCE = 2_000_000  # 8 MB of float32: they stay in the cache between the three products they take part in


def softmax_loss(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    smoothing: float = 0.0,
    products: torch.dtype | None = None,
) -> Tensor:
    """The sum over N steps of −log softmax(W h + b)[target], in nats; with `smoothing` ε that of (1 − ε)·one-hot + ε/V.

    hidden [N, E], weight [V, E], bias [V], targets [N] (int64, 0 … V − 1). Logits are made for some steps at a time and
    turned into their own gradient at once, so that neither [N, V] logits nor their softmax are ever kept: the time is
    nearly that of the three products alone. Label smoothing is that of Szegedy et al. 2016 (arXiv:1512.00567).

    products: the type that factors of the products are rounded to (mixed precision; `torch.bfloat16` is faster where a
    processor has AMX); by default that of the weight. Softmax and sums stay in the weight's type.
    """
    hidden = hidden.to(weight.dtype)
    if torch.is_grad_enabled():
        # Torch gives `apply` no types.
        loss: Tensor = _SoftmaxLoss.apply(hidden, weight, bias, targets, smoothing, products)  # type: ignore[no-untyped-call]
        return loss
    total, rounded = hidden.new_zeros(()), weight.to(products or weight.dtype)
    for steps, space in _parts(hidden, weight):
        total += _Part(_logits(hidden[steps].to(rounded.dtype), rounded, bias, space), targets[steps], smoothing).loss
    return total


class _Part:
    """Loss of a few steps and, on demand, its gradient by the logits, in the place of the logits, which are lost."""

    def __init__(self, logits: Tensor, targets: Tensor, smoothing: float) -> None:
        self._targets, self._smoothing = targets.unsqueeze(1), smoothing
        greatest = logits.amax(1, keepdim=True)
        told = logits.gather(1, self._targets)
        if smoothing:
            told = (1 - smoothing) * told + smoothing * logits.mean(1, keepdim=True)
        self._shares = logits.sub_(greatest).exp_()
        self._sums = self._shares.sum(1, keepdim=True)
        self.loss = (self._sums.log() + greatest - told).sum()

    def gradient(self) -> Tensor:
        """Softmax minus the target distribution."""
        shares = self._shares.div_(self._sums)
        if self._smoothing:
            shares -= self._smoothing / shares.shape[1]
        return shares.scatter_add_(1, self._targets, shares.new_full((len(shares), 1), self._smoothing - 1))


class _SoftmaxLoss(torch.autograd.Function):
    """Gradients are made along with the loss, while the logits are at hand; the backward pass only scales them."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        smoothing: float,
        products: torch.dtype | None,
    ) -> Tensor:
        by_hidden, by_weight, by_bias = torch.empty_like(hidden), torch.zeros_like(weight), torch.zeros_like(bias)
        total, rounded = hidden.new_zeros(()), weight.to(products or weight.dtype)
        for steps, space in _parts(hidden, weight):
            read = hidden[steps].to(rounded.dtype)
            part = _Part(_logits(read, rounded, bias, space), targets[steps], smoothing)
            total += part.loss
            by_logits = part.gradient()
            by_bias += by_logits.sum(0)
            by_logits = by_logits.to(rounded.dtype)
            by_hidden[steps] = by_logits @ rounded
            _add_product(by_weight, by_logits.t(), read)
        ctx.save_for_backward(by_hidden, by_weight, by_bias)
        return total

    @staticmethod
    def backward(ctx: Any, *by_total: Tensor) -> tuple[Tensor | None, ...]:
        if torch.is_grad_enabled():
            raise RuntimeError("softmax_loss can be differentiated once only; create_graph=True asks for more")
        by_hidden, by_weight, by_bias = ctx.saved_tensors
        (scale,) = by_total
        return by_hidden * scale, by_weight * scale, by_bias * scale, None, None, None


def _logits(hidden: Tensor, weight: Tensor, bias: Tensor, space: Tensor) -> Tensor:
    """W h + b in `space`, which has the type of the bias."""
    if hidden.dtype == bias.dtype:
        return torch.addmm(bias, hidden, weight.t(), out=space)
    return space.copy_(hidden @ weight.t()).add_(bias)  # a sum of two types at once would be slow


def _add_product(total: Tensor, first: Tensor, second: Tensor) -> None:
    if first.dtype == total.dtype:
        total.addmm_(first, second)
    else:
        total += (first @ second).to(total.dtype)


def _parts(hidden: Tensor, weight: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Some steps after others, and room for their logits: the same, as new memory costs as much as the arithmetic."""
    size = min(max(_LOGITS_AT_ONCE // len(weight), 1), len(hidden))
    space = weight.new_empty(size, len(weight))
    for start in range(0, len(hidden), size):
        yield slice(start, start + size), space[: len(hidden) - start]
