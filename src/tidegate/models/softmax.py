"""The loss of a softmax over many tokens, straight from what the network made of them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

_LOGITS_AT_ONCE = 2_000_000  # 8 MB of float32: they stay in the cache between the three products they take part in


def softmax_loss(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
    """The sum over N steps of −log softmax(W h + b)[target], in nats; with `smoothing` ε that of (1 − ε)·one-hot + ε/V.

    hidden [N, E], weight [V, E], bias [V], targets [N] (int64, 0 … V − 1). Logits are made for some steps at a time and
    turned into their own gradient at once, so that neither [N, V] logits nor their softmax are ever kept: the time is
    nearly that of the three products alone. Label smoothing is that of Szegedy et al. 2016 (arXiv:1512.00567).
    """
    hidden = hidden.to(weight.dtype)
    if torch.is_grad_enabled():
        # Torch gives `apply` no types.
        loss: Tensor = _SoftmaxLoss.apply(hidden, weight, bias, targets, smoothing)  # type: ignore[no-untyped-call]
        return loss
    total = hidden.new_zeros(())
    for steps in _parts(hidden, weight):
        total += _Part(hidden[steps], weight, bias, targets[steps], smoothing).loss
    return total


class _Part:
    """Logits, loss and, on demand, the loss's gradient by the logits, of a few steps."""

    def __init__(self, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> None:
        self._logits = torch.addmm(bias, hidden, weight.t())
        self._targets, self._smoothing = targets.unsqueeze(1), smoothing
        self._norm = self._logits.logsumexp(1, keepdim=True)
        told = self._logits.gather(1, self._targets)
        if smoothing:
            told = (1 - smoothing) * told + smoothing * self._logits.mean(1, keepdim=True)
        self.loss = (self._norm - told).sum()

    def gradient(self) -> Tensor:
        """In the place of the logits, which are gone then."""
        shares = self._logits.sub_(self._norm).exp_()
        if self._smoothing:
            shares -= self._smoothing / shares.shape[1]
        return shares.scatter_add_(1, self._targets, shares.new_full((len(shares), 1), self._smoothing - 1))


class _SoftmaxLoss(torch.autograd.Function):
    """Gradients are made along with the loss, while the logits are at hand; the backward pass only scales them."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        by_hidden, by_weight, by_bias = torch.empty_like(hidden), torch.zeros_like(weight), torch.zeros_like(bias)
        total = hidden.new_zeros(())
        for steps in _parts(hidden, weight):
            part = _Part(hidden[steps], weight, bias, targets[steps], smoothing)
            total += part.loss
            by_logits = part.gradient()
            torch.mm(by_logits, weight, out=by_hidden[steps])
            by_weight.addmm_(by_logits.t(), hidden[steps])
            by_bias += by_logits.sum(0)
        ctx.save_for_backward(by_hidden, by_weight, by_bias)
        return total

    @staticmethod
    def backward(ctx: Any, *by_total: Tensor) -> tuple[Tensor | None, ...]:
        if torch.is_grad_enabled():
            raise RuntimeError("softmax_loss can be differentiated once only; create_graph=True asks for more")
        by_hidden, by_weight, by_bias = ctx.saved_tensors
        (scale,) = by_total
        return by_hidden * scale, by_weight * scale, by_bias * scale, None, None


def _parts(hidden: Tensor, weight: Tensor) -> list[slice]:
    size = max(_LOGITS_AT_ONCE // len(weight), 1)
    return [slice(start, start + size) for start in range(0, len(hidden), size)]
