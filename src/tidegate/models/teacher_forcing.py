"""How often, in training, a decoder is given the true word before and not its own: scheduled sampling."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TeacherForcing(nn.Module):
    """The share of steps given the truth, falling linearly from `first` to `last` while `sequences` go by.

    With less than 1 it is scheduled sampling (Bengio et al. 2015, arXiv:1506.03099): each step of each sequence is
    drawn for itself. What has gone by is counted in a buffer, so that a training taken up again goes on where it stood.
    """

    seen: Tensor

    def __init__(self, first: float, last: float, sequences: int) -> None:
        super().__init__()
        self.first, self.last, self.sequences = first, last, sequences
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

    @property
    def share(self) -> float:
        """That of now; 1 outside training."""
        gone = min(self.seen.item() / self.sequences, 1.0)
        return self.first + (self.last - self.first) * gone if self.training else 1.0

    def advance(self, count: int) -> None:
        """Counts a batch of `count` sequences."""
        self.seen += count

    def extra_repr(self) -> str:
        return f"first={self.first}, last={self.last}, sequences={self.sequences}"
