"""Sums and maxima over all paths through a chain of tags: forward–backward and Viterbi, vectorised over the batch.

A path y₁ … y_L scores start[y₁] + Σ emissions[t, y_t] + Σ transitions[y_t, y_t+1] + end[y_L].
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class Chain(NamedTuple):
    """Scores of beginning with a tag [K], of going from one (row) to another (column) [K, K], of ending with one [K].

    −inf forbids.
    """

    start: Tensor
    transitions: Tensor
    end: Tensor


def log_partition(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """log Σ exp(score) over all paths, [B], of emissions [B, T, K] with `lengths` [B] true steps, each at least one.

    Its gradient by the emissions is the marginals, found by one backward sweep; it cannot be differentiated twice.
    A tag whose score at a step lies some 700 below the best one's counts as forbidden there (float64 holds exp of no
    more), and the result is NaN if nothing else remains.
    """
    total: Tensor = _LogPartition.apply(emissions, *chain, lengths)  # type: ignore[no-untyped-call] # torch's own
    return total


def marginals(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """The probability of each tag at each step over all paths, [B, T, K]; zeros in the padding."""
    with torch.no_grad():
        sweep = _forward(emissions, chain, lengths)
        found = sweep.alphas * _backward(sweep)
        return (found * sweep.true).transpose(0, 1).to(emissions.dtype)


def viterbi(emissions: Tensor, chain: Chain, lengths: Tensor) -> Tensor:
    """The path of the highest score (Viterbi 1967), [B, T] int64, −1 in the padding."""
    with torch.no_grad():
        steps, true = emissions.transpose(0, 1), _true_steps(emissions, lengths)
        scores = chain.start + steps[0]
        origins = []
        for emission, real in zip(steps[1:], true[1:], strict=True):
            best, origin = (scores.unsqueeze(2) + chain.transitions).max(1)
            scores = torch.where(real, best + emission, scores)
            origins.append(origin)
        return _traced(origins, (scores + chain.end).argmax(1), true).masked_fill(~true.squeeze(2).T, -1)


def _traced(origins: list[Tensor], last: Tensor, true: Tensor) -> Tensor:
    path = [last]
    for origin, real in zip(reversed(origins), reversed(true[1:]), strict=True):
        before = origin.gather(1, path[-1].unsqueeze(1))
        path.append(torch.where(real, before, path[-1].unsqueeze(1)).squeeze(1))
    return torch.stack(path[::-1], 1)


class _Sweep(NamedTuple):
    """What the forward sweep knows, time first, as probabilities: rescaled at each step, so that nothing overflows.

    alphas [T, B, K] sum to one at each step; scales [T, B, 1] are what made them so, `closing` [B, 1] at the end.
    """

    alphas: Tensor
    scales: Tensor
    closing: Tensor
    true: Tensor
    emissions: Tensor
    transitions: Tensor
    end: Tensor


def _forward(emissions: Tensor, chain: Chain, lengths: Tensor) -> _Sweep:
    """Rabiner's scaled recursion (1989) in float64: one product a step instead of a logsumexp over [B, K, K]."""
    tops = emissions.amax(2, keepdim=True)
    steps = (emissions - tops).transpose(0, 1).double().exp()
    start, transitions, end = (_shifted(part) for part in chain)
    true = _true_steps(emissions, lengths)
    alpha = start * steps[0]
    scale = alpha.sum(1, keepdim=True)
    alpha = alpha / scale
    alphas, scales = [alpha], [scale]
    for emission, real in zip(steps[1:], true[1:], strict=True):
        unscaled = (alpha @ transitions).mul_(emission)
        scale = unscaled.sum(1, keepdim=True)
        alpha = torch.where(real, unscaled.div_(scale), alpha)
        alphas.append(alpha)
        scales.append(scale)
    closing = (alpha * end).sum(1, keepdim=True)
    return _Sweep(torch.stack(alphas), torch.stack(scales), closing, true, steps, transitions, end)


def _backward(sweep: _Sweep) -> Tensor:
    """Betas [T, B, K], scaled so that alpha · beta is the marginal."""
    beta = sweep.end / sweep.closing
    betas = [beta]
    backwards = zip(sweep.emissions[1:].flip(0), sweep.scales[1:].flip(0), sweep.true[1:].flip(0), strict=True)
    transposed = sweep.transitions.T
    for emission, scale, real in backwards:
        beta = torch.where(real, (beta * emission).div_(scale) @ transposed, beta)
        betas.append(beta)
    return torch.stack(betas[::-1])


class _LogPartition(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, emissions: Tensor, start: Tensor, transitions: Tensor, end: Tensor, lengths: Tensor
    ) -> Tensor:
        sweep = _forward(emissions, Chain(start, transitions, end), lengths)
        ctx.sweep, ctx.dtype = sweep, emissions.dtype
        steps = torch.where(sweep.true, sweep.scales.log() + emissions.amax(2).T.unsqueeze(2), 0.0).sum(0)
        moves = transitions.amax() * (lengths.to(emissions.device) - 1) + start.amax() + end.amax()
        return ((steps + sweep.closing.log()).squeeze(1) + moves).to(emissions.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        sweep, weight = ctx.sweep, upstream.double().unsqueeze(1)
        betas = _backward(sweep)
        chosen = (sweep.alphas * betas).mul_(sweep.true).mul_(weight)
        arrivals = (sweep.emissions * betas / sweep.scales * sweep.true * weight)[1:]
        moves = (sweep.alphas[:-1].flatten(0, 1).T @ arrivals.flatten(0, 1)).mul_(sweep.transitions)
        ends = (sweep.alphas[-1] * sweep.end / sweep.closing * weight).sum(0)
        gradients = (chosen.transpose(0, 1), chosen[0].sum(0), moves, ends)
        return *(gradient.to(ctx.dtype) for gradient in gradients), None


def _shifted(scores: Tensor) -> Tensor:
    return (scores - scores.amax()).double().exp()


def _true_steps(emissions: Tensor, lengths: Tensor) -> Tensor:
    """True for real steps, [T, B, 1]."""
    steps = torch.arange(emissions.shape[1], device=emissions.device)
    return (steps.unsqueeze(1) < lengths.to(emissions.device)).unsqueeze(2)
