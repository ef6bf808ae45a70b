"""Forecasts from any step of a series: what stands before it is read once, then the state is carried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from tidegate.data.panel import Series
from tidegate.data.windows import Track, Windows, WindowShape, last_seen
from tidegate.estimators.forecasting.preparation import Preparation
from tidegate.models.forecaster import ForecastNetwork, Step
from tidegate.models.rollout import rollout
from tidegate.models.threads import one_thread

Floats = NDArray[np.float32]
_ROWS = 256  # forecasts made at once: enough to keep the processor busy, few enough for little memory


class Start(NamedTuple):
    """Where a forecast begins: after the first `origin` rows of `series`, whose later rows are not read.

    `seen` is the part whose scale a series takes that training has not met. `known` [≤ h, Q] are the known covariates
    after the end of the series. Starts of one series stand together and share both.
    """

    series: Series
    origin: int
    seen: Series
    known: NDArray[np.float64]


@dataclass(frozen=True)
class ForecastEngine:
    """A trained network with its preparation; forecasts in scaled units."""

    network: ForecastNetwork
    preparation: Preparation
    shape: WindowShape

    @property
    def reach(self) -> int:
        """How many rows before a forecast are read at most: a window, and the seasons that its anchors come from."""
        return self.shape.length + 2 * self.shape.period

    def forecast(self, starts: Sequence[Start], horizon: int) -> Floats:
        """`horizon` steps after each start, [N, horizon, K, 1 + quantiles], the point first, in scaled units."""
        self.network.eval()
        tracks = list(self._tracks(starts, horizon))
        with one_thread():
            parts = [self._batch(tracks[row : row + _ROWS], horizon) for row in range(0, len(tracks), _ROWS)]
        targets = len(self.preparation.columns.target)
        return np.concatenate(parts)[:, :, :targets]

    def _tracks(self, starts: Sequence[Start], horizon: int) -> Iterator[Track]:
        """What stands before each start and is known of the steps after it; each series is scaled once."""
        ahead = horizon + self.shape.horizon
        for _, group in groupby(starts, key=lambda start: id(start.series)):
            same = list(group)
            series, _, seen, known = same[0]
            extended = self.preparation.extended(series, max(start.origin for start in same), known, ahead)
            whole = self.preparation.track(extended, seen, 0, 0)
            yield from (self._before(whole, start.origin, ahead) for start in same)

    def _before(self, whole: Track, origin: int, ahead: int) -> Track:
        """The rows up to `origin` that the network reads or takes anchors from, then empty ones with their features."""
        begin = max(origin - self.reach, 0)
        values = np.full((origin - begin + ahead, whole.values.shape[1]), np.nan, dtype=np.float32)
        values[: origin - begin] = whole.values[begin:origin]
        features = whole.features[begin : origin + ahead]
        return Track(values, features, whole.static, whole.change, first=origin - begin, last=origin - begin + 1)

    def _batch(self, tracks: Sequence[Track], horizon: int) -> Floats:
        windows = Windows(tracks, self.shape, stride=1).take(np.arange(len(tracks)))
        told = rollout(
            self.network,
            Step(*(torch.from_numpy(array) for array in windows[:6])),
            torch.from_numpy(windows.lengths),
            memory=torch.from_numpy(np.stack([self._memory(track) for track in tracks])),
            future=torch.from_numpy(np.stack([track.features[track.first :] for track in tracks])),
            horizon=horizon,
        )
        return np.asarray(told.numpy(), dtype=np.float32)

    def _memory(self, track: Track) -> Floats:
        """The last value seen of each season before the forecast, oldest first; NaN before the series began."""
        period = max(self.shape.period, 1)
        seen = last_seen(track.values[: track.first], period)[-period:]
        return np.pad(seen, ((period - len(seen), 0), (0, 0)), constant_values=np.nan)
