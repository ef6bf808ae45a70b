"""One seed governs all: each random draw follows from the seed and its place in the training, not from what ran before.

So no generator state need be stored: a training resumed at epoch e, batch b draws what the unstopped one drew there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import numpy as np
import torch

Purpose = Literal["order", "noise", "initial", "split"]
_STREAMS: dict[Purpose, int] = {"order": 0, "noise": 1, "initial": 2, "split": 3}


def _sequence(seed: int, purpose: Purpose, position: tuple[int, ...]) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed, spawn_key=(_STREAMS[purpose], *position))


def generator(seed: int, purpose: Purpose, *position: int) -> np.random.Generator:
    """A NumPy generator of its own for each purpose and position (epoch, batch)."""
    return np.random.default_rng(_sequence(seed, purpose, position))


def seed_torch(seed: int, purpose: Purpose, *position: int) -> None:
    """Puts torch's global generators (CPU, and CUDA where it is in use) at the place that belongs to this position."""
    drawn = int(_sequence(seed, purpose, position).generate_state(1, np.uint64)[0])
    # torch.manual_seed would record a stack trace for every CUDA device not yet in use: milliseconds per batch.
    torch.default_generator.manual_seed(drawn)
    if _cuda():
        torch.cuda.manual_seed_all(drawn)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Torch's generators start from `seed` inside (build a network here) and are as they were before afterwards."""
    devices = list(range(torch.cuda.device_count())) if _cuda() else []
    with torch.random.fork_rng(devices=devices):
        seed_torch(seed, "initial")
        yield


def _cuda() -> bool:
    return bool(torch.cuda.is_initialized())  # type: ignore[no-untyped-call]  # torch gives it no types
