"""Opening a model file of any kind."""

from __future__ import annotations

from importlib import import_module
from os import PathLike
from typing import Any

from tidegate.artefact.file import load as load_artefact
from tidegate.errors import ArtefactError

# What a file says it holds, and the estimator that opens it.
KINDS = {
    "forecaster": "Forecaster",
    "classifier": "SequenceClassifier",
    "regressor": "SequenceRegressor",
    "language-model": "LanguageModel",
    "polyphony-model": "PolyphonyModel",
    "tagger": "SequenceTagger",
    "translator": "Translator",
}


def load(path: str | PathLike[str]) -> Any:
    """The estimator saved at `path`, ready to predict. Raises ArtefactError for a file that is not a whole model."""
    kind = load_artefact(path).kind
    if kind not in KINDS:
        raise ArtefactError(f"{path}: holds a {kind}; this version opens {', '.join(KINDS)}")
    return getattr(import_module("tidegate"), KINDS[kind]).load(path)
