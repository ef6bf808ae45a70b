"""Windows: fixed-length looks at long series, gathered into padded batches. Padding begins here, nowhere earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class Track(NamedTuple):
    """One series made ready for a network: scaled values, NaN where missing, and what is known of every step.

    values [T, C]; features [T, Q], known ahead of time; static [S]; targets are looked for in steps `first` to `last`.
    """

    values: Floats
    features: Floats
    static: Floats
    first: int
    last: int


@dataclass(frozen=True)
class WindowShape:
    """`length` steps read; `horizon` steps told at each of them; `period` steps back stands the anchor (0: none)."""

    length: int
    horizon: int
    period: int


class WindowBatch(NamedTuple):
    """B windows of L steps. At step t the network reads what is known at t, and tells steps t+1 … t+horizon.

    values [B, L, C], NaN where missing; expected [B, L, C] is what the anchor had promised for step t;
    anchors [B, L, horizon, C] what it promises for the steps ahead; features [B, L, horizon, Q] of those steps;
    static [B, S]; targets [B, L, horizon, C], NaN where there is nothing to learn; lengths [B], the true steps.
    """

    values: Floats
    expected: Floats
    anchors: Floats
    features: Floats
    static: Floats
    targets: Floats
    lengths: Ints


class Windows:
    """All windows over some tracks, a window every `stride` steps, the last one ending at each track's last target."""

    def __init__(self, tracks: Sequence[Track], shape: WindowShape, stride: int) -> None:
        self.shape = shape
        sizes = np.array([len(track.values) for track in tracks], dtype=np.int64)
        self._begins = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        self._sizes = sizes
        self._bounds = np.array([(track.first, track.last) for track in tracks], dtype=np.int64)
        self._values = np.concatenate([track.values for track in tracks])
        self._features = np.concatenate([track.features for track in tracks])
        self._static = np.stack([track.static for track in tracks])
        self._memory = np.concatenate([last_seen(track.values, max(shape.period, 1)) for track in tracks])
        self._ends = _window_ends(self._bounds, shape.length, stride)

    def __len__(self) -> int:
        return len(self._ends)

    def take(self, rows: Ints) -> WindowBatch:
        """The windows number `rows` [B] as one batch."""
        track, ends = self._ends[rows].T
        starts = np.maximum(ends - self.shape.length, 0)
        lengths = ends - starts
        steps = starts[:, None] + np.minimum(np.arange(lengths.max()), lengths[:, None] - 1)
        ahead = steps[..., None] + np.arange(1, self.shape.horizon + 1)
        begins = self._begins[track]
        return WindowBatch(
            values=self._values[begins[:, None] + steps],
            expected=self._anchor(begins[:, None], steps - 1, np.ones_like(steps)),
            anchors=self._anchor(begins[:, None, None], steps[..., None], ahead - steps[..., None]),
            features=self._features[begins[:, None, None] + np.minimum(ahead, self._sizes[track][:, None, None] - 1)],
            static=self._static[track],
            targets=self._targets(track, steps, ahead, lengths),
            lengths=lengths,
        )

    def _anchor(self, begins: Ints, now: Ints, ahead: Ints) -> Floats:
        """The last value seen, at step `now`, of the season that step `now + ahead` belongs to."""
        period = self.shape.period
        if period == 0:
            return np.zeros((*ahead.shape, self._values.shape[1]), dtype=np.float32)
        source = now + ahead - period * -(-ahead // period)
        source = np.where(source < 0, np.maximum(now, 0), source)
        return self._memory[begins + source]

    def _targets(self, track: Ints, steps: Ints, ahead: Ints, lengths: Ints) -> Floats:
        first, last = self._bounds[track].T[:, :, None, None]
        inside = (ahead >= first) & (ahead < last)
        inside &= (np.arange(steps.shape[1]) < lengths[:, None])[..., None]
        targets = self._values[self._begins[track][:, None, None] + np.where(inside, ahead, 0)]
        return np.where(inside[..., None], targets, np.float32(np.nan))


def last_seen(values: Floats, period: int) -> Floats:
    """For each step of `values` [T, C], the last value observed at it or a whole number of periods before it.

    A season not yet observed takes the last value observed at all; before the first observation stands 0, the middle
    of scaled data.
    """
    steps, channels = values.shape
    whole = -(-steps // period) * period
    padded = np.full((whole, channels), np.nan, dtype=values.dtype)
    padded[:steps] = values
    seasons = _fill_forward(padded.reshape(-1, period * channels)).reshape(whole, channels)[:steps]
    return np.nan_to_num(np.where(np.isnan(seasons), _fill_forward(values), seasons), nan=0.0)


def _fill_forward(rows: Floats) -> Floats:
    seen = np.where(np.isnan(rows), 0, np.arange(len(rows))[:, None])
    return np.take_along_axis(rows, np.maximum.accumulate(seen, axis=0), axis=0)


def _window_ends(bounds: Ints, length: int, stride: int) -> Ints:
    """Pairs (track, step after the last one read), such that every target in bounds is told by some window."""
    ends = []
    for track, (first, last) in enumerate(bounds):
        lowest = max(first, min(length, last - 1), 1)
        for end in range(last - 1, lowest - 1, -stride):
            ends.append((track, end))
        if ends and ends[-1] != (track, lowest) and last - 1 > lowest:
            ends.append((track, lowest))
    return np.array(ends, dtype=np.int64).reshape(-1, 2)
