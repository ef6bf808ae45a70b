"""M4 Hourly: 414 series, 48 steps ahead, scored as the competition did (Makridakis et al. 2020).

    python -m benchmarks.recipes.m4_hourly FOLDER [key=value …] [--seed N] [--seeds COUNT]

FOLDER holds Hourly-train.csv and Hourly-test.csv. Further words are options of `tidegate.Forecaster`.
"""

from __future__ import annotations

import json
import sys
from math import nan
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.recipes.arguments import read_arguments, run
from benchmarks.recipes.figures import Clock, over_seeds, parts_over_seeds
from tidegate import Forecaster
from tidegate.data.columns import Columns
from tidegate.data.panel import Panel, read_panel
from tidegate.estimators.forecasting.backtest import Backtest
from tidegate.estimators.forecasting.scores import Scores, owa
from tidegate.training.progress import Lines

HORIZON, SEASON = 48, 24
NAIVE2 = Scores(mae=nan, rmse=nan, smape=18.383, mase=2.395)  # the competition's reference for OWA on Hourly
OPTIONS = {"strategy": "direct", "horizon": HORIZON, "window": 168, "loss": "mae", "scaler": "log"}


def read_m4(folder: Path) -> Panel:
    """Training and test rows of all series, in long form on a grid of whole hours."""
    return read_panel(
        pl.concat([_long(folder / "Hourly-train.csv", 0), _long(folder / "Hourly-test.csv", 1)])
        .sort("unique_id", "part", "place")
        .with_columns(ds=pl.int_range(pl.len()).over("unique_id"))
        .select("unique_id", "ds", "y"),
        columns=Columns.of(id="unique_id", time="ds", target="y"),
    )


def _long(path: Path, part: int) -> pl.DataFrame:
    wide = pl.read_csv(path, infer_schema_length=None)
    name = wide.columns[0]
    return (
        wide.unpivot(index=name, variable_name="place", value_name="y")
        .with_columns(pl.col("place").str.slice(1).cast(pl.Int64), pl.lit(part).alias("part"))
        .rename({name: "unique_id"})
        .drop_nulls("y")
        .select("unique_id", "part", "place", pl.col("y").cast(pl.Float64))
    )


def main(*words: str) -> None:
    arguments = read_arguments(words)
    options = OPTIONS | {"season_length": SEASON} | arguments.options
    panel = read_m4(arguments.folder)
    clock = Clock()
    runs = [_run(panel, {**options, "seed": seed}) for seed in arguments.seeds]
    figures = {
        "options": options,
        "seeds": arguments.seeds,
        "seconds_per_run": clock.seconds(len(runs)),
        "scores": parts_over_seeds([_scores(run) for run in runs]),
        "coverage": over_seeds([{f"{level:g}": one.coverage for level, one in run.intervals.items()} for run in runs]),
    }
    print(json.dumps(figures, indent=1))


def _run(panel: Panel, options: dict[str, Any]) -> Backtest:
    return Forecaster(**options).fit(panel.before(HORIZON), reporter=Lines()).evaluate(panel, h=HORIZON)


def _scores(run: Backtest) -> dict[str, dict[str, float]]:
    return {name: {"smape": one.smape, "mase": one.mase, "owa": owa(one, NAIVE2)} for name, one in run.scores.items()}


if __name__ == "__main__":
    sys.exit(run(main, __doc__))
