"""`tidegate predict`: the steps to come, or what a model says of the examples of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tidegate.cli.arguments import Columns, Horizon, Json, Levels, Model
from tidegate.errors import ConfigurationError

if TYPE_CHECKING:
    from tidegate.estimators.forecasting.forecaster import Forecaster

EXAMPLES = """\b
Examples:
  tidegate predict model.safetensors
  tidegate predict model.safetensors sales.csv --horizon 28 --level 80 --level 95
  tidegate predict model.safetensors load.csv --future weather.csv --out forecast.parquet
  tidegate predict model.safetensors > forecast.csv
  tidegate predict classifier.safetensors reviews.csv --out predictions.csv
  tidegate predict tagger.safetensors new.conllu --out tagged.conllu
  tidegate predict translator.safetensors new.de --out new.en
"""

Recent = Annotated[
    str | None,
    typer.Argument(
        metavar="[DATA]",
        help="The series up to now (a forecaster's default: those of training), or examples to predict for.",
    ),
]
Future = Annotated[
    str | None, typer.Option("--future", metavar="FILE", help="Covariates known ahead, for the steps to forecast.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="A .csv, .tsv or .parquet to write to; a tagger's may end as DATA does, a translator's anyhow.",
    ),
]


def predict(
    model: Model,
    data: Recent = None,
    horizon: Horizon = None,
    level: Levels = None,
    future: Future = None,
    out: Out = None,
    column: Columns = None,
    as_json: Json = False,
) -> None:
    """Forecast from the end of each series, or predict for each example: a table, CSV into a pipe, or a file."""
    if out is not None:
        _check(out, data, [model, data, future])

    import tidegate
    from tidegate.cli.use_task import as_text, is_table, named, predict_task, refuse_columns, refuse_options

    opened = tidegate.load(model)
    if out is not None and not (is_table(out) or (data is not None and as_text(opened, out, data))):
        raise _no_table(out)
    if isinstance(opened, tidegate.Forecaster):
        refuse_columns(column)
        _forecast(opened, data, horizon, level, future, out, as_json)
        return
    refuse_options(opened, {"--horizon": horizon, "--level": level, "--future": future})
    predict_task(opened, data, named(column), out, as_json)


def _forecast(
    forecaster: Forecaster,
    data: str | None,
    horizon: int | None,
    level: list[float] | None,
    future: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    from tidegate.cli.table_file import dated, show, write
    from tidegate.cli.terminal import say_json

    panel = None if data is None else forecaster.read(data)
    levels = level or forecaster.options.levels
    frame = dated(forecaster.predict(horizon, panel, future=future, level=levels))
    if out is not None:
        write(frame, out)
    if as_json:
        say_json({"model": forecaster.name, "levels": levels, "out": out and str(out), "forecast": frame.to_dicts()})
    elif out is None:
        show(frame)
    else:
        typer.echo(f"{len(frame)} rows written to {out}")


def _check(out: Path, data: str | None, inputs: list[str | None]) -> None:
    """Before any work, so that none is lost. Only predictions for DATA may be something else than a table."""
    from tidegate.cli.use_task import is_table

    if data is None and not is_table(out):
        raise _no_table(out)
    if out.is_dir():
        raise ConfigurationError(f"--out {out}: this is a folder; name a file")
    if not out.parent.is_dir():
        raise ConfigurationError(f"--out {out}: there is no folder {out.parent}; make it, or name another")
    if any(given is not None and out.exists() and Path(given).exists() and out.samefile(given) for given in inputs):
        raise ConfigurationError(f"--out {out}: that file is read from; name another")


def _no_table(out: Path) -> ConfigurationError:
    return ConfigurationError(
        f"--out {out}: give a name that ends in .csv, .tsv or .parquet, or for a tagger as DATA does"
    )
