"""A linear-chain conditional random field: tags are chosen together, not one by one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tidegate.models.chain import Chain, log_partition, marginals, viterbi


class LinearChainCRF(nn.Module):
    """A conditional random field over sequences of `tags` tags (Lafferty, McCallum & Pereira, 2001).

    p(y | x) = exp(score(x, y)) / Σ_y' exp(score(x, y')), where the score of a path adds the emissions [B, T, K] along
    it, a learnt score for each pair of neighbouring tags, and one for the first and the last tag. Emissions are scores,
    not probabilities; `lengths` [B] tells the true steps of each row, at least one. Sums over all Kᵀ paths are exact.
    """

    def __init__(self, tags: int) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(tags))
        self.transitions = nn.Parameter(torch.zeros(tags, tags))
        self.end = nn.Parameter(torch.zeros(tags))

    @property
    def chain(self) -> Chain:
        return Chain(self.start, self.transitions, self.end)

    def forward(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """log p(tags | emissions), [B], of tags [B, T] int64; what stands in the padding is not looked at.

        A negative tag at a true step is not known: all that it may be are summed up.
        """
        real = torch.arange(tags.shape[1], device=tags.device) < lengths.to(tags.device).unsqueeze(1)
        unknown = real & (tags < 0)
        told = self._partly(emissions, tags, lengths) if unknown.any() else self._score(emissions, tags, real)
        return told - log_partition(emissions, self.chain, lengths)

    def _score(self, emissions: Tensor, tags: Tensor, real: Tensor) -> Tensor:
        path = tags.masked_fill(~real, 0)
        emitted = emissions.gather(2, path.unsqueeze(2)).squeeze(2)
        moved = self.transitions[path[:, :-1], path[:, 1:]]
        last = path.gather(1, real.sum(1, keepdim=True) - 1).squeeze(1)
        inner = (emitted * real).sum(1) + (moved * real[:, 1:]).sum(1)
        return inner + self.start[path[:, 0]] + self.end[last]

    def _partly(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """log Σ exp(score) over the paths that agree with the tags that are known."""
        allowed = (tags < 0).unsqueeze(2) | (torch.arange(len(self.start), device=tags.device) == tags.unsqueeze(2))
        return log_partition(emissions.masked_fill(~allowed, -torch.inf), self.chain, lengths)

    def marginals(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """p(y_t = k | x) [B, T, K], zeros in the padding."""
        return marginals(emissions, self.chain, lengths)

    def decode(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """The most probable path, [B, T] int64, −1 in the padding."""
        return viterbi(emissions, self.chain, lengths)
