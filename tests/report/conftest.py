from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tidegate.report.facts import (
    CoverageRow,
    ForecastFacts,
    HorizonErrors,
    LearningCurves,
    Residuals,
    ScoreRow,
    SeriesFacts,
)

STEPS_AHEAD = 24


def monthly_series(name: str = "airline", past: int = 120, seed: int = 0, target: str = "passengers") -> SeriesFacts:
    """A trend, a season that grows with it and noise, forecast with two intervals."""
    rng = np.random.default_rng(seed)
    steps = np.arange(past + STEPS_AHEAD)
    level = 120 + 2.6 * steps
    truth = level * (1 + 0.18 * np.sin(2 * np.pi * steps / 12)) + rng.normal(0, 9, len(steps))
    ahead = truth[past:] + rng.normal(2, 12, STEPS_AHEAD)
    widths = {80.0: 18 + 0.8 * np.arange(STEPS_AHEAD), 95.0: 30 + 1.5 * np.arange(STEPS_AHEAD)}
    times = np.datetime64("1949-01") + steps
    return SeriesFacts(
        name,
        target,
        times[:past],
        truth[:past],
        times[past:],
        ahead,
        truth[past:],
        {level: (ahead - width, ahead + width) for level, width in widths.items()},
    )


def long_series(name: str, past: int = 10_000, seed: int = 0) -> SeriesFacts:
    """Hourly values with daily and yearly seasons, spikes and gaps."""
    rng = np.random.default_rng(seed)
    series = monthly_series(name, past, seed, "load")
    hours = np.arange(past + STEPS_AHEAD)
    values = (
        50 + 12 * np.sin(2 * np.pi * hours / 24) + 20 * np.sin(2 * np.pi * hours / 8760) + rng.normal(0, 3, len(hours))
    )
    values[rng.integers(0, past, 30)] += 60
    values[past // 3 : past // 3 + 400] = np.nan
    times = np.datetime64("2022-03-01T00") + hours
    ahead = values[past:] + rng.normal(0, 2, STEPS_AHEAD)
    return replace(
        series,
        history_times=times[:past],
        history_values=values[:past],
        forecast_times=times[past:],
        forecast_values=ahead,
        truth=values[past:],
        bands={80.0: (ahead - 4, ahead + 4), 95.0: (ahead - 7, ahead + 7)},
    )


@pytest.fixture
def score_rows() -> list[ScoreRow]:
    return [
        ScoreRow("GRU", 18.237, 23.914, 4.118, 0.7124, is_baseline=False),
        ScoreRow("seasonal naive", 24.052, 29.77, 5.632, 0.9396, is_baseline=True),
        ScoreRow("naive", 81.448, 102.98, 20.511, 3.1817, is_baseline=True),
        ScoreRow("drift", 66.9, 81.25, 16.2, 2.6134, is_baseline=True),
    ]


@pytest.fixture
def facts(score_rows: list[ScoreRow]) -> ForecastFacts:
    rng = np.random.default_rng(7)
    epochs = np.arange(60)
    step = np.arange(STEPS_AHEAD)
    return ForecastFacts(
        title="Forecast of airline-passengers.csv",
        created="2026-03-14T09:26:53+00:00",
        evaluation="the held-out 24 steps",
        series=[monthly_series()],
        scores=score_rows,
        coverage=[CoverageRow(80.0, 0.7917, 54.4), CoverageRow(95.0, 0.9583, 94.5)],
        learning=LearningCurves(
            0.9 * np.exp(-epochs / 12) + 0.08 + rng.normal(0, 0.008, 60),
            0.8 * np.exp(-epochs / 14) + 0.13 + 0.0012 * epochs + rng.normal(0, 0.012, 60),
            38,
            "quantile loss",
        ),
        residuals=[Residuals("passengers", [rng.normal(-2, 12, 144)], STEPS_AHEAD)],
        horizon_errors=[
            HorizonErrors(
                12 + 0.5 * step + rng.normal(0, 1.5, STEPS_AHEAD),
                19 + 0.45 * step + rng.normal(0, 2, STEPS_AHEAD),
                "GRU",
                "seasonal naive",
            )
        ],
        notes=["59 missing values masked", "Season of 12 steps found in the training part"],
        configuration={
            "cell": "gru",
            "hidden size": 64,
            "horizon": 24,
            "training": {"learning rate": 0.003, "epochs": 60, "clip": 1.0, "resumed": False},
            "levels": [80, 95],
            "covariates": [],
        },
        settled={"window": 64},
        usual={"zoneout": 0.0},
        fingerprint={"file": "airline-passengers.csv", "rows": 144, "sha256": "5f3a9c" * 10 + "01d2"},
        next_commands=[
            "tidegate predict tidegate-demo/model.safetensors airline-passengers.csv --horizon 36",
            "tidegate fit forecast your-data.csv --out my-model",
        ],
    )


@pytest.fixture
def make_series() -> Callable[..., SeriesFacts]:
    return monthly_series


@pytest.fixture
def make_long_series() -> Callable[..., SeriesFacts]:
    return long_series
