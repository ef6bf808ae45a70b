"""What is printed of a training: before it, and when it is done."""

from __future__ import annotations

import shlex
import sys

from tidegate.cli.forecast_run import ForecastRun, Source
from tidegate.cli.run_folder import RunFolder
from tidegate.cli.terminal import say, say_json, show_scores, show_verdict
from tidegate.report.facts import ForecastFacts
from tidegate.report.verdict import verdict


def announce(source: Source) -> None:
    """What was read, on standard error beside the progress."""
    panel = source.panel
    rows = sum(len(series) for series in panel.series)
    series = f"{len(panel.series)} series, " if len(panel.series) > 1 else ""
    words = f"{source.name}: {series}{rows} rows, step {panel.step}, target {', '.join(panel.columns.target)}"
    print(words, file=sys.stderr, flush=True)


def next_commands(run: ForecastRun, folder: RunFolder) -> list[str]:
    """What to try next; each works as it stands."""
    further = ["--horizon", str(2 * run.backtest.horizon)]
    if run.source.panel.columns.known:
        further = ["--future", "FUTURE.csv"]
    return [shlex.join(["tidegate", "predict", str(folder.model), *further])]


def show(run: ForecastRun, facts: ForecastFacts, folder: RunFolder) -> None:
    """Tables, notes, a verdict, where everything is, and what to do next."""
    history = run.forecaster.history_
    seconds = sum(epoch.seconds for epoch in history.epochs)
    say(f"Trained in {seconds:.1f} s: {history.summary}.")
    say(f"Forecast {facts.evaluation}:")
    say()
    show_scores(facts.scores, facts.coverage)
    say()
    show_verdict(facts.scores, facts.evaluation, facts.notes)
    say()
    say(f"Model   {folder.model}")
    say(f"Report  {folder.report}")
    for command in facts.next_commands:
        say(f"Next    {command}")


def show_as_json(run: ForecastRun, facts: ForecastFacts, folder: RunFolder) -> None:
    say_json(
        {
            **run.metrics(),
            "evaluation": facts.evaluation,
            "verdict": verdict(facts.scores, facts.evaluation),
            "notes": facts.notes,
            "epochs": len(run.forecaster.history_),
            "model": str(folder.model),
            "report": str(folder.report),
        }
    )
