"""What the user left open, settled by the data: nothing is optional any more once training begins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import PositiveInt

from tidegate.data.panel import Panel
from tidegate.data.scaling import ScalerKind
from tidegate.data.windows import WindowShape
from tidegate.errors import ConfigurationError, DataError
from tidegate.estimators.forecasting.symmetry import all_positive, better_as_logarithms
from tidegate.estimators.options import ForecasterOptions

_LEAST_ROWS = 8  # below that a part to learn from, one to watch and a forecast of one step do not fit beside each other
Anchor = Literal["season", "last", "none"]


class ResolvedOptions(ForecasterOptions):
    """Options of a Forecaster of which every one is known."""

    horizon: PositiveInt
    window: PositiveInt
    season_length: PositiveInt
    anchor: Anchor
    scaler: ScalerKind

    @property
    def window_shape(self) -> WindowShape:
        """How long the windows are and what is told at each of their steps."""
        period = {"none": 0, "last": 1, "season": self.season_length}[self.anchor]
        return WindowShape(self.window, self.horizon if self.strategy == "direct" else 1, period)

    @property
    def quantile_shares(self) -> tuple[float, ...]:
        """What the network's outputs beside the point stand for: for each level its lower and its upper quantile."""
        if self.intervals != "quantile":
            return ()
        return tuple(share for level in self.levels for share in (0.5 - level / 200, 0.5 + level / 200))


def resolved(options: ForecasterOptions, panel: Panel, learnt: Sequence[int] | None = None) -> ResolvedOptions:
    """The options with all that was left open filled in from the data; `learnt` as `training_lengths` tells it."""
    longest = max(len(series) for series in panel.series)
    season = options.season_length or panel.step.season_length
    horizon = options.horizon or max(min(max(season, 12), longest // 4), 1)
    lengths = learnt or training_lengths(panel, horizon, options.validation)
    settled = {
        "season_length": season,
        "horizon": horizon,
        "window": options.window or max(min(max(2 * season, 64), longest // 3), 1),
        "anchor": _anchor(options, season, longest, max(lengths)),
        "scaler": _scaler(panel, lengths) if options.scaler == "auto" else options.scaler,
    }
    return ResolvedOptions(**{**options.model_dump(), **settled})


def training_lengths(panel: Panel, horizon: int, validation: float) -> list[int]:
    """How many rows of each series are learnt from; the rest, a share of `validation`, is watched.

    That rest is a horizon at least, where the series is three times as long.
    """
    lengths = []
    for series in panel.series:
        rows = len(series)
        if rows < _LEAST_ROWS:
            raise DataError(
                f"series '{series.unique_id}' has {rows} rows to fit on, {_LEAST_ROWS} are needed; leave it out, give "
                "more of it, or hold back fewer"
            )
        held = max(math.ceil(rows * validation), min(horizon, rows // 3))
        lengths.append(max(rows - held, _LEAST_ROWS // 2))
    return lengths


def _anchor(options: ForecasterOptions, season: int, longest: int, learnt: int) -> Anchor:
    if options.anchor == "auto":
        return "season" if season > 1 and longest >= 3 * season else "last"
    if options.anchor == "season" and season == 1:
        raise ConfigurationError(
            "anchor='season' needs a season_length above 1, which the times do not tell; give it, or anchor='last'"
        )
    if options.anchor == "season" and learnt <= season:
        raise ConfigurationError(
            f"anchor='season' corrects the value {season} steps ago, but the longest series has {learnt} rows to learn "
            "from; take anchor='last' or a shorter season_length"
        )
    return options.anchor


def _scaler(panel: Panel, lengths: Sequence[int]) -> ScalerKind:
    """By the training part; the rest is only asked whether it has logarithms."""
    return "log" if all_positive(panel) and better_as_logarithms(panel.cut(lengths)) else "standard"
