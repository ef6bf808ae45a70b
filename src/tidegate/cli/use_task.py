"""`predict` and `evaluate` with a model that is no forecaster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from tidegate.atomic import write_atomically
from tidegate.errors import ConfigurationError


def is_table(out: Path) -> bool:
    """Whether a file of this name is written as a table."""
    return out.suffix.lower() in (".csv", ".tsv", ".parquet")


def as_text(estimator: Any, out: Path, data: str) -> bool:
    """Whether the file is written as text: any of a translator that is no table, of a tagger one like DATA."""
    from tidegate.data.compressed import bare_ending
    from tidegate.data.tag_files import file_format

    if getattr(estimator, "TEXT_OF_ANY_NAME", False):
        return not is_table(out)
    alike = out.suffix.lower() == bare_ending(Path(data))
    return hasattr(estimator, "prediction_text") and alike and file_format(Path(data)) != "table"


def refuse_options(estimator: Any, given: Mapping[str, object]) -> None:
    """Raises ConfigurationError naming the first option given that only forecasters have."""
    for name, value in given.items():
        if value is not None:
            raise ConfigurationError(f"{name} is an option of forecasters; the model is a {type(estimator).__name__}")


def named(columns: Sequence[str] | None) -> dict[str, str]:
    """Parts and their columns, from texts such as "label=stars". Raises ConfigurationError for other texts."""
    found = {}
    for text in columns or ():
        part, _, name = (piece.strip() for piece in text.partition("="))
        if not (part and name):
            raise ConfigurationError(f"--column {text}: write the part and its column, such as --column label=stars")
        found[part] = name
    return found


def refuse_columns(columns: Sequence[str] | None) -> None:
    """Raises ConfigurationError where columns are named to a forecaster."""
    if columns:
        raise ConfigurationError("--column: a forecaster reads the columns it was trained with; rename those of DATA")


def predict_task(estimator: Any, data: str | None, names: Mapping[str, str], out: Path | None, as_json: bool) -> None:
    """Predictions for each example of DATA, in the manner of `predict`."""
    from tidegate.cli.table_file import show, write
    from tidegate.cli.terminal import say_json

    if data is None:
        raise ConfigurationError(f"DATA is missing: a {type(estimator).__name__} predicts for the examples of a file")
    if out is not None and as_text(estimator, out, data):
        _write_text(estimator, data, names, out, as_json)
        return
    records = estimator.read(data, names, labelled=False)
    frame = estimator.prediction_frame(records)
    if out is not None:
        write(frame, out)
    if as_json:
        told = {"model": type(estimator).__name__, "out": out and str(out), "notes": records.notes}
        say_json({**told, "predictions": frame.to_dicts()})
        return
    for note in records.notes:  # beside the table, which may go into a pipe
        typer.echo(f"Note: {note}", err=True)
    if out is None:
        show(frame)
    else:
        typer.echo(f"{len(frame)} rows written to {out}")


def _write_text(estimator: Any, data: str, names: Mapping[str, str], out: Path, as_json: bool) -> None:
    from tidegate.cli.terminal import say_json

    write_atomically(out, estimator.prediction_text(data, names).encode())
    if as_json:
        say_json({"model": type(estimator).__name__, "out": str(out)})
    else:
        typer.echo(f"{data} with predictions written to {out}")


def evaluate_task(estimator: Any, data: str, names: Mapping[str, str], as_json: bool) -> None:
    """Scores on DATA, in the manner of `evaluate`."""
    from tidegate.cli.task_run import told_scores
    from tidegate.cli.terminal import say, say_json, show_table
    from tidegate.report.task_facts import TaskFacts

    records = estimator.read(data, names)
    scores = told_scores(estimator.assess(records))
    if as_json:
        say_json({**scores, "evaluation": data, "examples": len(records), "notes": records.notes})
        return
    say(f"{data}: {records.summary}")
    say()
    show_table(TaskFacts("", "", "", scores={data: scores["metrics"]}).score_table)
    if "signature" in scores:
        say(f"Signature: {scores['signature']}")
    for note in records.notes:
        say(f"Note: {note}")
