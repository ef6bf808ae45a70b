"""Arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Data = Annotated[str, typer.Argument(metavar="DATA", help="A CSV, TSV or Parquet file of one or many series.")]
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
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else on standard output.")]
