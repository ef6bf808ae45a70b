"""Dropout that drops the same places throughout a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class SequenceDropout(nn.Module):
    """Zeroes a share of the channels of `[B, T, C]`, in training, the same at all steps of a row.

    Gal & Ghahramani 2016 (arXiv:1512.05287); it also draws T times fewer numbers than dropout of single values.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.step_by_step = False
        self._mask: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not (self.training and self.share):
            return x
        mask = self._mask
        if mask is None:
            mask = torch.empty_like(x[:, :1]).bernoulli_(1 - self.share) / (1 - self.share)
        if self.step_by_step:
            self._mask = mask
        return x * mask

    def take(self, *, step_by_step: bool) -> None:
        """Whether the calls that come are steps of one sequence; a mask drawn before is let go."""
        self.step_by_step, self._mask = step_by_step, None

    def extra_repr(self) -> str:
        return f"share={self.share}"


@contextmanager
def step_by_step(network: nn.Module) -> Iterator[None]:
    """Within, every call is a step of one sequence: each SequenceDropout of `network` drops the same places in all."""
    dropouts = [part for part in network.modules() if isinstance(part, SequenceDropout)]
    try:
        for dropout in dropouts:
            dropout.take(step_by_step=True)
        yield
    finally:
        for dropout in dropouts:
            dropout.take(step_by_step=False)
