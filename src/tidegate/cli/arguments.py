"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def option(name: str, help: str, metavar: str | None = None, **more: Any) -> Any:
    """An option with its words."""
    return typer.Option(name, metavar=metavar, help=help, **more)


Data = Annotated[str, typer.Argument(metavar="DATA", help="The file to read; see the guide of the task.")]
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A model file that `tidegate fit` wrote.")]
Horizon = Annotated[
    int | None, typer.Option("--horizon", metavar="N", min=1, help="Steps to forecast.  [default: as trained for]")
]
Windows = Annotated[
    int | None,
    typer.Option(
        "--windows",
        metavar="N",
        min=1,
        help="How many stretches of the horizon, at the end of the data, are forecast and compared with what came.  "
        "[default: 3 where they are a fifth of the shortest series or less, else 2 or 1]",
    ),
]
Levels = Annotated[
    list[float] | None,
    typer.Option("--level", metavar="PERCENT", help="An interval to give; may be repeated.  [default: 80 and 95]"),
]
Out = Annotated[
    Path | None,
    option("--out", "Folder to write to.  [default: a new one in tidegate-run/]", "DIR"),
]
Valid = Annotated[
    str | None, option("--valid", "Watched, to know when to stop.  [default: a share of DATA, see validation]", "FILE")
]
Test = Annotated[str | None, option("--test", "Scored when training is done; nothing is learnt from it.", "FILE")]
Cell = Annotated[str | None, option("--cell", "rnn, gru, lstm, mingru or minlstm.  [default: gru]", "NAME")]
Seed = Annotated[int | None, option("--seed", "Governs all chance.  [default: 0]", "N", min=0)]
Epochs = Annotated[int | None, option("--epochs", "Passes over the data, at most.", "N", min=1)]
Settings = Annotated[
    list[str] | None, option("--set", "Any other option, such as num_layers=2; may be repeated.", "KEY=VALUE")
]
Config = Annotated[
    Path | None, option("--config", "Options in a .toml or .yaml file; those given here go before them.", "FILE")
]
Columns = Annotated[
    list[str] | None,
    option(
        "--column",
        "Where DATA has other columns than the training data: the part and its column, such as label=stars, or for "
        "lines of text the ending beside, such as target=en; may be repeated.  [default: as in training]",
        "PART=NAME",
    ),
]
Resume = Annotated[bool, option("--resume", "Go on with what was interrupted, with the same command otherwise.")]
Force = Annotated[bool, option("--force", "Replace what is in the folder.")]
Quiet = Annotated[bool, option("--quiet", "Show neither progress nor tables.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")]
