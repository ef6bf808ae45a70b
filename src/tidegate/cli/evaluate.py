"""`tidegate evaluate`: how a model does on rows it has not learnt from, beside the baselines."""

from __future__ import annotations

from tidegate.cli.arguments import Data, Horizon, Json, Levels, Model, Windows

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
    as_json: Json = False,
) -> None:
    """Forecast the last rows of DATA from what stands before them, and compare with what came."""
    import tidegate
    from tidegate.cli.reading import read_as_trained
    from tidegate.cli.scoring import coverage_rows, default_windows, metrics_of, notes_on, score_rows, where
    from tidegate.cli.terminal import say, say_json, show_scores, show_verdict

    forecaster = tidegate.load(model)
    panel = read_as_trained(forecaster, data)
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
