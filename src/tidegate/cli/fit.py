"""`tidegate fit`: train a network on one's own data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tidegate.cli.arguments import Data, Horizon, Json, Levels, Windows
from tidegate.cli.run_folder import RunFolder
from tidegate.cli.settings import chosen_options

EXAMPLES = """\b
Examples:
  tidegate fit forecast sales.csv
  tidegate fit forecast sales.csv --horizon 28 --out runs/sales
  tidegate fit forecast sales.csv --out runs/lstm --cell lstm --seed 1 --set hidden_size=32
  tidegate fit forecast sales.csv --out runs/sales --resume
  tidegate fit forecast load.parquet --time hour --target load --known temperature
"""


def _option(name: str, help: str, metavar: str | None = None) -> Any:
    return typer.Option(name, metavar=metavar, help=help)


Out = Annotated[
    Path | None, _option("--out", "Folder to write to.  [default: tidegate-run/, then the name of DATA]", "DIR")
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Governs all chance.  [default: 0]")]
Epochs = Annotated[
    int | None, typer.Option("--epochs", metavar="N", min=1, help="Passes over the data, at most.  [default: 100]")
]
Cell = Annotated[str | None, _option("--cell", "rnn, gru, lstm, mingru or minlstm.  [default: gru]", "NAME")]
Window = Annotated[
    int | None, typer.Option("--window", metavar="N", min=1, help="Steps read before a forecast.  [default: by data]")
]
Strategy = Annotated[str | None, _option("--strategy", "recursive or direct.  [default: recursive]", "NAME")]
Settings = Annotated[
    list[str] | None,
    _option("--set", "Any other option of a Forecaster, such as num_layers=2; may be repeated.", "KEY=VALUE"),
]
Id = Annotated[str | None, _option("--id", "Column that tells series apart.", "COLUMN")]
Time = Annotated[str | None, _option("--time", "Column of times.  [default: found by its content]", "COLUMN")]
Target = Annotated[list[str] | None, _option("--target", "Column to forecast; may be repeated.", "COLUMN")]
Past = Annotated[list[str] | None, _option("--past", "Column known up to now only; may be repeated.", "COLUMN")]
Known = Annotated[list[str] | None, _option("--known", "Column known ahead too; may be repeated.", "COLUMN")]
Static = Annotated[list[str] | None, _option("--static", "Column constant in a series; may be repeated.", "COLUMN")]
Resume = Annotated[bool, _option("--resume", "Go on with what was interrupted, with the same command otherwise.")]
Force = Annotated[bool, _option("--force", "Replace what is in the folder.")]
Quiet = Annotated[bool, _option("--quiet", "Show neither progress nor tables.")]


def forecast(
    data: Data,
    out: Out = None,
    horizon: Horizon = None,
    cell: Cell = None,
    epochs: Epochs = None,
    seed: Seed = None,
    window: Window = None,
    strategy: Strategy = None,
    level: Levels = None,
    settings: Settings = None,
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
    folder = RunFolder.of(out, data)
    if not (resume or force):
        folder.refuse_to_overwrite()
    named = {"cell": cell, "horizon": horizon, "epochs": epochs, "seed": seed, "window": window, "strategy": strategy}
    options = chosen_options({**named, "levels": tuple(level) if level else None}, settings or [])
    given = {"id": id, "time": time, "target": target, "past": past, "known": known, "static": static}

    from tidegate.cli.forecast_run import Source, Training, run_forecast
    from tidegate.cli.outcome import announce, next_commands, show, show_as_json
    from tidegate.data.columns import Columns
    from tidegate.data.panel import read_panel
    from tidegate.training.progress import Silent, reporter

    columns: dict[str, Any] = {part: name for part, name in given.items() if name}
    source = Source(data, read_panel(data, columns=Columns.of(**columns)))
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
