"""Batch normalisation over the true steps of a padded batch."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SequenceBatchNorm(nn.Module):
    """Batch norm of `[B, T, C]` per channel, over all true steps of all rows (Ioffe & Szegedy 2015, arXiv:1502.03167).

    Padding (steps at or after `lengths` [B]) has no part in the statistics and comes out as zeros.
    A batch with a single true step has no variance: in training it is normalised with the running statistics.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        if lengths is None:
            return self._normalise(x.flatten(0, 1)).view_as(x)
        steps = torch.arange(x.shape[1], device=x.device)
        true = steps < lengths.to(x.device, torch.int64).unsqueeze(1)
        return torch.zeros_like(x).masked_scatter(true.unsqueeze(-1), self._normalise(x[true]))

    def _normalise(self, rows: Tensor) -> Tensor:
        if self.training and len(rows) < 2:
            return nn.functional.batch_norm(
                rows, self.norm.running_mean, self.norm.running_var, self.norm.weight, self.norm.bias
            )
        normalised: Tensor = self.norm(rows)
        return normalised
