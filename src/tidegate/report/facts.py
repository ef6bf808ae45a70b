"""What a report tells, as plain values: numpy arrays, numbers and words. Whoever trained the network fills this in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tidegate.report.task_facts import Section

FloatArray = npt.NDArray[np.float64]
TimeArray = npt.NDArray[np.datetime64] | npt.NDArray[np.int64]
Band = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class SeriesFacts:
    """One target of one series: its past [N], its forecast [h] and, where known, the truth [h].

    Missing values are NaN. `bands` maps a level in percent to the lower and upper bounds, [h] each.
    Raises ValueError when lengths disagree.
    """

    series_id: str
    target: str
    history_times: TimeArray
    history_values: FloatArray
    forecast_times: TimeArray
    forecast_values: FloatArray
    truth: FloatArray | None = None
    bands: Mapping[float, Band] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._same_length("history", self.history_times, self.history_values)
        ahead = [self.forecast_values, *(bound for band in self.bands.values() for bound in band)]
        if self.truth is not None:
            ahead.append(self.truth)
        self._same_length("forecast", self.forecast_times, *ahead)

    def _same_length(self, part: str, times: TimeArray, *values: FloatArray) -> None:
        lengths = {len(array) for array in values}
        if lengths != {len(times)}:
            raise ValueError(
                f"series '{self.series_id}', target '{self.target}': {part} has {len(times)} times "
                f"but values of length {', '.join(map(str, sorted(lengths)))}"
            )


@dataclass(frozen=True)
class ScoreRow:
    """The errors of one model on the held-out steps, sMAPE in percent; smaller is better in each, NaN is undefined."""

    model: str
    mae: float
    rmse: float
    smape: float
    mase: float
    is_baseline: bool


@dataclass(frozen=True)
class CoverageRow:
    """How often the truth fell inside the interval of a level (percent): `coverage` as a share in [0, 1]."""

    level: float
    coverage: float
    mean_width: float


@dataclass(frozen=True, eq=False)
class LearningCurves:
    """Loss per epoch, [E]; `valid` is None where nothing was held out. `best_epoch` counts from 1."""

    train: FloatArray
    valid: FloatArray | None
    best_epoch: int
    loss: str = "loss"


@dataclass(frozen=True, eq=False)
class HorizonErrors:
    """Mean absolute error of one target at each step ahead, [h], of the model and of the best baseline."""

    model: FloatArray
    baseline: FloatArray
    model_name: str
    baseline_name: str
    target: str = ""


@dataclass(frozen=True, eq=False)
class Residuals:
    """Truth minus forecast of one target: an array for each series, in order of time, NaN where the truth is missing.

    `horizon`: how many steps at a time were forecast.
    """

    target: str
    runs: Sequence[FloatArray]
    horizon: int

    @property
    def known(self) -> FloatArray:
        """All that are not missing."""
        joined: FloatArray = np.concatenate([np.empty(0), *self.runs])
        return np.asarray(joined[np.isfinite(joined)])


@dataclass(frozen=True, eq=False)
class ForecastFacts:
    """All that the report of a forecaster tells. What is empty or None is left out of the page.

    `created` is an ISO 8601 time; `evaluation` names what the scores were measured on ("the held-out 24 steps").
    `residuals`, `horizon_errors` and `target_scores` tell targets apart, whose units may differ; the last is empty
    where there is one target, of which `scores` tell all. `configuration` are the options that somebody chose,
    `settled` those that the data settled, `usual` those at their defaults.
    """

    title: str
    created: str
    evaluation: str
    series: Sequence[SeriesFacts]
    scores: Sequence[ScoreRow] = ()
    coverage: Sequence[CoverageRow] = ()
    learning: LearningCurves | None = None
    target_scores: Mapping[str, Sequence[ScoreRow]] = field(default_factory=dict)
    residuals: Sequence[Residuals] = ()
    horizon_errors: Sequence[HorizonErrors] = ()
    gates: Sequence[Section] = ()
    notes: Sequence[str] = ()
    configuration: Mapping[str, object] = field(default_factory=dict)
    settled: Mapping[str, object] = field(default_factory=dict)
    usual: Mapping[str, object] = field(default_factory=dict)
    fingerprint: Mapping[str, object] = field(default_factory=dict)
    next_commands: Sequence[str] = ()
