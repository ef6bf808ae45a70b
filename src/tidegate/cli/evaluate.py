"""`tidegate evaluate`: how a model does on what it has not learnt from; a forecaster, beside the baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidegate.cli.arguments import Columns, Data, Horizon, Json, Levels, Model, Windows

if TYPE_CHECKING:
    from tidegate.estimators.forecasting.forecaster import Forecaster

EXAMPLES = """\b
Examples:
  tidegate evaluate model.safetensors new-sales.csv
  tidegate evaluate model.safetensors new-sales.csv --horizon 14 --windows 6 --json
"""


def evaluate(
    model: Model,
    data: Data,
    horizon: Horizon = None,
    windows: Windows = None,
    level: Levels = None,
    column: Columns = None,
    as_json: Json = False,
) -> None:
    """Compare predictions for DATA with the truth in it; a forecaster forecasts its last rows from those before."""
    import tidegate
    from tidegate.cli.use_task import evaluate_task, named, refuse_columns, refuse_options

    opened = tidegate.load(model)
    if isinstance(opened, tidegate.Forecaster):
        refuse_columns(column)
        _evaluate_forecasts(opened, data, horizon, windows, level, as_json)
        return
    refuse_options(opened, {"--horizon": horizon, "--windows": windows, "--level": level})
    evaluate_task(opened, data, named(column), as_json)


def _evaluate_forecasts(
    forecaster: Forecaster,
    data: str,
    horizon: int | None,
    windows: int | None,
    level: list[float] | None,
    as_json: bool,
) -> None:
    from tidegate.cli.scoring import coverage_rows, default_windows, metrics_of, notes_on, score_rows, where
    from tidegate.cli.terminal import say, say_json, show_scores, show_verdict

    panel = forecaster.read(data)
    steps = horizon or forecaster.fitted.horizon
    backtest = forecaster.evaluate(
        panel, h=steps, windows=windows or default_windows(panel, steps), level=level or forecaster.options.levels
    )
    notes = notes_on(backtest, forecaster.fitted)
    if as_json:
        say_json({**metrics_of(backtest), "evaluation": where(backtest), "learnt": backtest.learnt, "notes": notes})
        return
    scores = score_rows(backtest)
    say(f"Forecast {where(backtest)} of {data}:")
    say()
    show_scores(scores, coverage_rows(backtest))
    say()
    show_verdict(scores, where(backtest), notes)
