"""tidegate: gated recurrent networks that train fast on ordinary CPUs, stream anywhere, and show their gates.

Public names load on first use, so that `import tidegate` is quick and loads no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate import nn
    from tidegate.estimators.forecasting.forecaster import Forecaster
    from tidegate.estimators.labelled.sequence_classifier import SequenceClassifier
    from tidegate.estimators.labelled.sequence_regressor import SequenceRegressor
    from tidegate.estimators.language.language_model import LanguageModel
    from tidegate.estimators.language.polyphony_model import PolyphonyModel
    from tidegate.estimators.loading import load
    from tidegate.estimators.tagging.sequence_tagger import SequenceTagger
    from tidegate.estimators.translation.translator import Translator

__version__ = "0.1.0"
__all__ = [
    "Forecaster",
    "LanguageModel",
    "PolyphonyModel",
    "SequenceClassifier",
    "SequenceRegressor",
    "SequenceTagger",
    "Translator",
    "__version__",
    "load",
    "nn",
]

_HOMES = {
    "Forecaster": "tidegate.estimators.forecasting.forecaster",
    "LanguageModel": "tidegate.estimators.language.language_model",
    "PolyphonyModel": "tidegate.estimators.language.polyphony_model",
    "SequenceClassifier": "tidegate.estimators.labelled.sequence_classifier",
    "SequenceRegressor": "tidegate.estimators.labelled.sequence_regressor",
    "SequenceTagger": "tidegate.estimators.tagging.sequence_tagger",
    "Translator": "tidegate.estimators.translation.translator",
    "load": "tidegate.estimators.loading",
}


def __getattr__(name: str) -> Any:
    if name == "nn":
        return _import("tidegate.nn")
    if name in _HOMES:
        return getattr(_import(_HOMES[name]), name)
    raise AttributeError(f"module 'tidegate' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _import(module: str) -> Any:
    from tidegate.errors import MissingExtraError

    try:
        return import_module(module)
    except ModuleNotFoundError as cause:
        if (cause.name or "").partition(".")[0] == "tidegate":
            raise
        raise MissingExtraError.of("train", cause) from cause
