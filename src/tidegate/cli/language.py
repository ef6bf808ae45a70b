"""`tidegate fit language` and `tidegate fit polyphony`: what comes next in a text, or in a piece of music."""

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

LANGUAGE = """\b
Examples:
  tidegate fit language shakespeare.txt
  tidegate fit language train.txt.xz --valid valid.txt --test test.txt --tokenizer words --cell lstm
  tidegate fit language novels.txt --tokenizer bpe --set vocabulary_size=4000 --set num_layers=2
  tidegate generate tidegate-run/shakespeare/model.safetensors --prompt "ROMEO:" --length 500
"""
POLYPHONY = """\b
Examples:
  tidegate fit polyphony chorales.json
  tidegate fit polyphony train.npz --valid valid.npz --test test.npz --set hidden_size=200
"""

Tokens = Annotated[
    str | None, option("--tokenizer", "characters, words, spaces or bpe.  [default: characters]", "KIND")
]


def language(
    data: Data,
    out: Out = None,
    valid: Valid = None,
    test: Test = None,
    tokenizer: Tokens = None,
    cell: Cell = None,
    epochs: Epochs = None,
    seed: Seed = None,
    settings: Settings = None,
    config: Config = None,
    resume: Resume = False,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a language model on a text; write model and report, with the perplexity and samples of what it writes."""
    from tidegate.cli.language_report import language_sections
    from tidegate.estimators.language.language_model import LanguageModel
    from tidegate.estimators.language.language_options import LanguageOptions

    named = {"tokenizer": tokenizer, "cell": cell, "epochs": epochs, "seed": seed}
    estimator = LanguageModel(**chosen_options(LanguageOptions, named, settings or [], config))
    manner = Manner(out, resume, force, as_json, quiet)
    fit_task(estimator, TaskFiles(data, valid, test), manner, language_sections)


def polyphony(
    data: Data,
    out: Out = None,
    valid: Valid = None,
    test: Test = None,
    cell: Cell = None,
    epochs: Epochs = None,
    seed: Seed = None,
    settings: Settings = None,
    config: Config = None,
    resume: Resume = False,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a model of polyphonic music, frame by frame; write model and report."""
    from tidegate.cli.language_report import polyphony_sections
    from tidegate.estimators.language.polyphony_model import PolyphonyModel, PolyphonyOptions

    named = {"cell": cell, "epochs": epochs, "seed": seed}
    estimator = PolyphonyModel(**chosen_options(PolyphonyOptions, named, settings or [], config))
    manner = Manner(out, resume, force, as_json, quiet)
    fit_task(estimator, TaskFiles(data, valid, test), manner, polyphony_sections)
