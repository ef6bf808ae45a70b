"""`tidegate fit classify` and `tidegate fit regress`: a class, or a number, for each text or series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from tidegate.cli.arguments import (
    Cell,
    Config,
    Data,
    Epochs,
    Force,
    Json,
    Out,
    Quiet,
    Resume,
    Seed,
    Settings,
    Test,
    Valid,
    option,
)
from tidegate.cli.fit_task import fit_task
from tidegate.cli.settings import chosen_options
from tidegate.cli.task_run import Manner, TaskFiles

CLASSIFY = """\b
Examples:
  tidegate fit classify reviews.csv --test more-reviews.csv
  tidegate fit classify names/ --out runs/names --set bidirectional=true
  tidegate fit classify GunPoint_TRAIN.ts --test GunPoint_TEST.ts --cell lstm --set class_weight=balanced
  tidegate fit classify sensors.csv --id machine --time second --label state
"""
REGRESS = """\b
Examples:
  tidegate fit regress engines.csv --id engine --time cycle --label remaining_life
  tidegate fit regress reviews.tsv --text review --label stars --config options.toml
"""

Text = Annotated[str | None, option("--text", "Column of texts.  [default: text]", "COLUMN")]
Label = Annotated[
    str | None, option("--label", "Column of labels or numbers.  [default: label, else target]", "COLUMN")
]
Id = Annotated[str | None, option("--id", "Column that tells series apart.  [default: id]", "COLUMN")]
Time = Annotated[str | None, option("--time", "Column of times within a series.  [default: time]", "COLUMN")]
Channels = Annotated[
    str | None, option("--channels", "Columns of values, parted by commas.  [default: all others]", "COLUMNS")
]


def _command(kind: str, words: str) -> Callable[..., None]:
    """The command that trains an estimator of this class; all of them take the same options."""

    def fit(
        data: Data,
        out: Out = None,
        valid: Valid = None,
        test: Test = None,
        cell: Cell = None,
        epochs: Epochs = None,
        seed: Seed = None,
        settings: Settings = None,
        config: Config = None,
        text: Text = None,
        label: Label = None,
        id: Id = None,
        time: Time = None,
        channels: Channels = None,
        resume: Resume = False,
        force: Force = False,
        as_json: Json = False,
        quiet: Quiet = False,
    ) -> None:
        import tidegate
        from tidegate.cli.classify_report import class_sections, number_sections

        estimator = getattr(tidegate, kind)
        options = {"cell": cell, "epochs": epochs, "seed": seed}
        chosen = chosen_options(estimator.OPTIONS, options, settings or [], config)
        names = {"text": text, "label": label, "id": id, "time": time, "channels": channels}
        files, manner = TaskFiles(data, valid, test, names), Manner(out, resume, force, as_json, quiet)
        sections = {"classifier": class_sections, "regressor": number_sections}[estimator.KIND]
        fit_task(estimator(**chosen), files, manner, sections)

    fit.__doc__ = words
    return fit


classify = _command(
    "SequenceClassifier", "Train a classifier of texts or series; write model and report with the confusion matrix."
)
regress = _command(
    "SequenceRegressor", "Train a network that tells a number for each text or series; write model and report."
)
