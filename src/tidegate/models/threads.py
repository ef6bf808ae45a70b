"""How many threads torch's own operators take where tidegate runs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch's operators run in one thread inside, and in as many as before afterwards.

    Sums are then always taken in the same order, so that results do not depend on the number of threads; and small
    steps do not wait for idle threads, which on a busy machine costs more than all the arithmetic.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
