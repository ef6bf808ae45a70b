"""Opening a model file of any kind."""

from __future__ import annotations

from importlib import import_module
from os import PathLike
from typing import Any

from tidegate.artefact.file import load as load_artefact
from tidegate.errors import ArtefactError

# What a file says it holds, and the estimator that opens it: module of tidegate.estimators and class.
KINDS = {
    "forecaster": ("forecaster", "Forecaster"),
    "classifier": ("sequence_classifier", "SequenceClassifier"),
    "regressor": ("sequence_regressor", "SequenceRegressor"),
    "language-model": ("language_model", "LanguageModel"),
    "polyphony-model": ("polyphony_model", "PolyphonyModel"),
    "tagger": ("sequence_tagger", "SequenceTagger"),
    "translator": ("translator", "Translator"),
}


def load(path: str | PathLike[str]) -> Any:
    """The estimator saved at `path`, ready to predict. Raises ArtefactError for a file that is not a whole model."""
    kind = load_artefact(path).kind
    if kind not in KINDS:
        raise ArtefactError(f"{path}: holds a {kind}; this version opens {', '.join(KINDS)}")
    module, name = KINDS[kind]
    return getattr(import_module(f"tidegate.estimators.{module}"), name).load(path)
