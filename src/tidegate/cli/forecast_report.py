"""What a forecaster and its comparison with the baselines come to, as the facts of a report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tidegate.cli.gate_report import gate_sections
from tidegate.cli.scoring import coverage_rows, notes_on, score_rows, target_scores, where
from tidegate.cli.settings import by_origin
from tidegate.data.panel import Panel
from tidegate.estimators.forecasting.backtest import Backtest
from tidegate.estimators.forecasting.fitted import Fitted, start_of
from tidegate.estimators.forecasting.forecast_frame import Forecast
from tidegate.estimators.forecasting.scores import mase
from tidegate.estimators.options import ForecasterOptions
from tidegate.report.facts import ForecastFacts, HorizonErrors, LearningCurves, Residuals, ScoreRow, SeriesFacts
from tidegate.report.task_facts import Section

Array = NDArray[np.float64]
Channel = tuple[Forecast, int]

MOST_DRAWN = 4
LOSSES = {"mse": "mean squared error", "mae": "mean absolute error", "huber": "Huber loss"}


def forecast_facts(
    data: str, given: ForecasterOptions, fitted: Fitted, backtest: Backtest, next_commands: Sequence[str]
) -> ForecastFacts:
    """All that the page tells of a forecaster trained on the file `data` without the rows of the backtest.

    given: the options as they were before the data settled those left open.
    """
    scores = score_rows(backtest)
    channels, choice = drawn(backtest)
    chosen, settled, usual = by_origin(given, fitted.options)
    return ForecastFacts(
        title=f"Forecast of {Path(data).name}",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        evaluation=where(backtest, "held-out"),
        series=[_series(*channel, backtest.panel, Path(data).stem) for channel in channels],
        scores=scores,
        coverage=coverage_rows(backtest),
        learning=_learning(fitted),
        target_scores=target_scores(backtest),
        residuals=_residuals(backtest),
        horizon_errors=_horizon_errors(backtest, scores),
        gates=_gates(fitted, backtest.forecasts[0]),
        notes=[*notes_on(backtest, fitted), *choice],
        configuration=chosen,
        settled=settled,
        usual=usual,
        fingerprint={"file": Path(data).name, **fitted.fingerprint},
        next_commands=next_commands,
    )


def drawn(backtest: Backtest) -> tuple[list[Channel], list[str]]:
    """The latest forecast of each series and target, or of three that stand for many; and a sentence on which three."""
    latest = {id(one.series): one for one in backtest.forecasts}  # origins come oldest first
    channels = [(one, k) for one in latest.values() for k in range(one.point.shape[1])]
    if len(channels) <= MOST_DRAWN:
        return channels, []
    errors = [_error(*channel, backtest.season) for channel in channels]
    ranked = [place for place in np.argsort(errors, kind="stable").tolist() if not math.isnan(errors[place])]
    chosen = [ranked[place] for place in (0, len(ranked) // 2, -1)] if ranked else list(range(3))
    sentence = (
        f"Of {len(channels)} series three are drawn, by MASE of their latest forecast: the least "
        f"({errors[chosen[0]]:.3g}), the median ({errors[chosen[1]]:.3g}) and the greatest ({errors[chosen[2]]:.3g})."
    )
    return [channels[place] for place in chosen], [
        sentence if ranked else f"Of {len(channels)} series three are drawn."
    ]


def _error(forecast: Forecast, target: int, season: int) -> float:
    return mase(forecast.truth[:, target], forecast.point[:, target], forecast.history[:, target], season)


def _series(forecast: Forecast, target: int, panel: Panel, name: str) -> SeriesFacts:
    bands = {level: (low[:, target], high[:, target]) for level, (low, high) in forecast.bands.items()}
    return SeriesFacts(
        series_id=forecast.series.unique_id if panel.columns.id else name,
        target=panel.columns.target[target],
        history_times=forecast.series.times[: forecast.origin],
        history_values=forecast.history[:, target],
        forecast_times=forecast.times,
        forecast_values=forecast.point[:, target],
        truth=forecast.truth[:, target],
        bands=bands,
    )


def _gates(fitted: Fitted, forecast: Forecast) -> list[Section]:
    """While the network reads what it forecasts from: the rows before the first origin."""
    read = partial(fitted.engine.forecast, [start_of(forecast.series, forecast.origin)], 1)
    return gate_sections(fitted.engine.network.encoder, read, (), "the past read for the first forecast scored")


def _learning(fitted: Fitted) -> LearningCurves:
    epochs = fitted.history.epochs
    return LearningCurves(
        train=np.array([epoch.train["loss"] for epoch in epochs]),
        valid=np.array([epoch.valid["loss"] for epoch in epochs if epoch.valid is not None]),
        best_epoch=fitted.history.best + 1,
        loss=LOSSES[fitted.options.loss] + (" + quantile loss" if fitted.errors is None else ""),
    )


def _residuals(backtest: Backtest) -> list[Residuals]:
    """Of each target, truth minus forecast of each series."""
    runs: dict[int, list[Array]] = {}
    for one in backtest.forecasts:
        runs.setdefault(id(one.series), []).append(one.truth - one.point)
    joined = [np.concatenate(run) for run in runs.values()]
    targets = backtest.panel.columns.target
    return [Residuals(name, [run[:, k] for run in joined], backtest.horizon) for k, name in enumerate(targets)]


def _horizon_errors(backtest: Backtest, scores: Sequence[ScoreRow]) -> list[HorizonErrors]:
    """Of each target, of the network and of the baseline that is best by MASE; by MAE where a MASE is not defined."""
    rows = [row for row in scores if row.is_baseline]
    by_mase = all(math.isfinite(row.mase) for row in rows)
    best = min(rows, key=lambda row: row.mase if by_mase else row.mae)
    truth = [one.truth for one in backtest.forecasts]
    mine = _mean_errors(truth, [one.point for one in backtest.forecasts])
    theirs = _mean_errors(truth, backtest.baselines[best.model])
    names = backtest.panel.columns.target
    shown = names if len(names) > 1 else [""]
    errors = zip(mine, theirs, shown, strict=True)
    return [HorizonErrors(model, simple, backtest.model, best.model, name) for model, simple, name in errors]


def _mean_errors(truth: Sequence[Array], told: Sequence[Array]) -> Array:
    """Mean absolute error of each target at each step, [K, h]; NaN where no truth is known."""
    errors = np.abs(np.stack(truth) - np.stack(told))
    known = ~np.isnan(errors)
    counts = known.sum(axis=0)
    sums = np.where(known, errors, 0.0).sum(axis=0)
    return np.asarray(np.divide(sums, counts, out=np.full(counts.shape, np.nan), where=counts > 0)).T
