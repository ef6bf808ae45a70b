"""How many threads torch's own operators and the engine take where tidegate runs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from tidegate.nn.kernels import native


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch's operators run in one thread inside, and in as many as before afterwards; the engine keeps its threads.

    Sums are then always taken in the same order, so that results do not depend on the number of threads; and small
    steps do not wait for idle threads, which on a busy machine costs more than all the arithmetic. The engine's results
    are the same for any number of threads, and it sees for itself whether they are worth waiting for.
    """
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    lent = native.lend_threads(before)
    torch.set_num_threads(1)
    try:
        yield
    finally:
        native.lend_threads(lent)
        torch.set_num_threads(before)
