"""`tidegate fit forecast`: train a forecaster on one's own table."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tidegate.cli.arguments import (
    Cell,
    Config,
    Data,
    Epochs,
    Force,
    Horizon,
    Json,
    Levels,
    Out,
    Quiet,
    Resume,
    Seed,
    Settings,
    Test,
    Valid,
    Windows,
    option,
)
from tidegate.cli.run_folder import RunFolder
from tidegate.cli.settings import chosen_options

EXAMPLES = """\b
Examples:
  tidegate fit forecast sales.csv
  tidegate fit forecast sales.csv --horizon 28 --out runs/sales
  tidegate fit forecast sales-2024.csv --test sales-2025.csv
  tidegate fit forecast sales.csv --out runs/lstm --cell lstm --seed 1 --set hidden_size=32
  tidegate fit forecast sales.csv --out runs/sales --resume
  tidegate fit forecast load.parquet --time hour --target load --known temperature
"""


Window = Annotated[
    int | None, typer.Option("--window", metavar="N", min=1, help="Steps read before a forecast.  [default: by data]")
]
Strategy = Annotated[str | None, option("--strategy", "recursive or direct.  [default: recursive]", "NAME")]
Id = Annotated[str | None, option("--id", "Column that tells series apart.", "COLUMN")]
Time = Annotated[str | None, option("--time", "Column of times.  [default: found by its content]", "COLUMN")]
Target = Annotated[list[str] | None, option("--target", "Column to forecast; may be repeated.", "COLUMN")]
Past = Annotated[list[str] | None, option("--past", "Column known up to now only; may be repeated.", "COLUMN")]
Known = Annotated[list[str] | None, option("--known", "Column known ahead too; may be repeated.", "COLUMN")]
Static = Annotated[list[str] | None, option("--static", "Column constant in a series; may be repeated.", "COLUMN")]


def forecast(
    data: Data,
    valid: Valid = None,
    test: Test = None,
    out: Out = None,
    horizon: Horizon = None,
    cell: Cell = None,
    epochs: Epochs = None,
    seed: Seed = None,
    window: Window = None,
    strategy: Strategy = None,
    level: Levels = None,
    settings: Settings = None,
    config: Config = None,
    id: Id = None,
    time: Time = None,
    target: Target = None,
    past: Past = None,
    known: Known = None,
    static: Static = None,
    windows: Windows = None,
    resume: Resume = False,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a forecaster, compare it with simple baselines on the latest rows, and write model and report."""
    folder = RunFolder.of(out, data, resume)
    if not (resume or force):
        folder.refuse_to_overwrite()
    named = {"cell": cell, "horizon": horizon, "epochs": epochs, "seed": seed, "window": window, "strategy": strategy}
    given = {"id": id, "time": time, "target": target, "past": past, "known": known, "static": static}

    from tidegate.estimators.options import ForecasterOptions, forecaster_options

    named_options = {**named, "levels": tuple(level) if level else None}
    options = forecaster_options(chosen_options(ForecasterOptions, named_options, settings or [], config))

    from tidegate.cli.forecast_run import Source, Training, run_forecast
    from tidegate.cli.outcome import announce, next_commands, show, show_as_json
    from tidegate.data.columns import Columns
    from tidegate.data.panel import read_panel
    from tidegate.training.progress import Silent, reporter

    columns: dict[str, Any] = {part: name for part, name in given.items() if name}
    panel = read_panel(data, columns=Columns.of(**columns))
    later = [
        None if file is None else read_panel(file, columns=panel.columns, step=panel.step) for file in (valid, test)
    ]
    source = Source(data, panel, *later)
    if not quiet:
        announce(source)
    run = run_forecast(
        source, options, windows, Training(folder.checkpoints, resume, Silent() if quiet else reporter())
    )
    facts = run.write(folder, next_commands(run, folder))
    if as_json:
        show_as_json(run, facts, folder)
    elif not quiet:
        show(run, facts, folder)
