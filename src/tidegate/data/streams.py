"""One long run of tokens as parallel streams, cut into segments that continue one another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tidegate.data.vocabulary import PADDING

Ints = NDArray[np.int64]


class Segment(NamedTuple):
    """What B streams read in some steps and what comes next in each, both [B, T]; a target 0 is padding."""

    inputs: Ints
    targets: Ints


class Streams:
    """Tokens [N], each the target of exactly one step, as `count` streams of equal length in segments of `steps`.

    Stream b holds the b-th of the consecutive parts of the text; less than one step per stream is padded. What is read
    at a step is the token before, at the very first one `first`. Row k · count + b is segment k of stream b, so that
    batches of `count` rows in order continue one another.
    """

    def __init__(self, tokens: Ints, first: int, *, count: int, steps: int) -> None:
        self.count, self.steps = count, steps
        length = -(-len(tokens) // count)
        self._targets = _padded(tokens, count * length).reshape(count, length)
        before = np.concatenate([[first], tokens[:-1]]).astype(np.int64)
        self._inputs = _padded(before, count * length).reshape(count, length)

    def __len__(self) -> int:
        return self.count * -(-self._targets.shape[1] // self.steps)

    @property
    def tokens(self) -> Ints:
        """The tokens [N] in order, without padding."""
        flat = self._targets.ravel()
        kept: Ints = flat[flat != PADDING]
        return kept

    def take(self, rows: Ints) -> Segment:
        """The segment of all streams whose rows these are. Raises ValueError for other rows than those of one."""
        place = int(rows[0]) // self.count
        if not np.array_equal(rows, np.arange(place * self.count, (place + 1) * self.count)):
            raise ValueError(f"rows of one segment are wanted, {self.count} at a time and in order")
        steps = slice(place * self.steps, (place + 1) * self.steps)
        return Segment(self._inputs[:, steps], self._targets[:, steps])


def _padded(values: Ints, size: int) -> Ints:
    return np.concatenate([values, np.full(size - len(values), PADDING, np.int64)])
