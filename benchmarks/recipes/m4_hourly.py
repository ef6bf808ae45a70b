"""M4 Hourly: 414 series, 48 steps ahead, scored as the competition did (Makridakis et al. 2020).

    python -m benchmarks.recipes.m4_hourly FOLDER [key=value …]

FOLDER holds Hourly-train.csv and Hourly-test.csv. Further words are options of `tidegate.Forecaster`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from tidegate import Forecaster
from tidegate.data.columns import Columns
from tidegate.data.panel import Panel, read_panel
from tidegate.training.progress import Lines

HORIZON, SEASON = 48, 24
NAIVE2 = {"smape": 18.383, "mase": 2.395}  # the competition's reference for OWA on Hourly
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


def main(folder: str, *settings: str) -> None:
    chosen = {name: json.loads(value) for name, value in (setting.split("=", 1) for setting in settings)}
    options = {**OPTIONS, "season_length": SEASON, **chosen}
    panel = read_m4(Path(folder))
    started = time.perf_counter()
    forecaster = Forecaster(**options).fit(panel.before(HORIZON), reporter=Lines())
    backtest = forecaster.evaluate(panel, h=HORIZON)
    seconds = time.perf_counter() - started
    scores = {
        name: {"smape": one.smape, "mase": one.mase, "owa": np.mean([one.smape / NAIVE2["smape"], one.mase / NAIVE2["mase"]])}
        for name, one in backtest.scores.items()
    }
    coverage = {f"{level:g}": one.coverage for level, one in backtest.intervals.items()}
    print(json.dumps({"options": options, "seconds": round(seconds), "scores": scores, "coverage": coverage}, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
