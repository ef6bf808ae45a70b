"""`tidegate fit translate`: from a sequence to another, of another length and order."""

from __future__ import annotations

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

TRANSLATE = """\b
Examples:
  tidegate fit translate pairs.tsv
  tidegate fit translate train.de.gz --target en --valid val.de.gz --test test.de.gz
  tidegate fit translate train --source de --target en --out runs/de-en --set hidden_size=512
  tidegate fit translate dates.csv --source written --target iso --set tokenizer=characters
  tidegate predict model.safetensors new.de --out new.en
"""

_MEANT = "column of a table, or ending of a text whose lines are sentences, such as"
Source = Annotated[str | None, option("--source", f"Sources: {_MEANT} de.  [default: source]", "NAME")]
Target = Annotated[str | None, option("--target", f"Targets: {_MEANT} en.  [default: target]", "NAME")]


def translate(
    data: Data,
    out: Out = None,
    valid: Valid = None,
    test: Test = None,
    cell: Cell = None,
    epochs: Epochs = None,
    seed: Seed = None,
    settings: Settings = None,
    config: Config = None,
    source: Source = None,
    target: Target = None,
    resume: Resume = False,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a translator on pairs of sequences; write model and report, with samples and what was attended to."""
    from tidegate.cli.translate_report import translate_sections
    from tidegate.estimators.translation.translation_options import TranslationOptions
    from tidegate.estimators.translation.translator import Translator

    named = {"cell": cell, "epochs": epochs, "seed": seed}
    estimator = Translator(**chosen_options(TranslationOptions, named, settings or [], config))
    files = TaskFiles(data, valid, test, {"source": source, "target": target})
    fit_task(estimator, files, Manner(out, resume, force, as_json, quiet), translate_sections)
