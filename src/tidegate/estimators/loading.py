"""Opening a model file of any kind."""

from __future__ import annotations

from os import PathLike

from tidegate.artefact.file import load as load_artefact
from tidegate.errors import ArtefactError
from tidegate.estimators.forecaster import Forecaster
from tidegate.estimators.forecaster_file import KIND as FORECASTER

_KINDS = {FORECASTER: Forecaster}


def load(path: str | PathLike[str]) -> Forecaster:
    """The estimator saved at `path`, ready to predict. Raises ArtefactError for a file that is not a whole model."""
    kind = load_artefact(path).kind
    if kind not in _KINDS:
        raise ArtefactError(f"{path}: holds a {kind}; this version opens {', '.join(_KINDS)}")
    return _KINDS[kind].load(path)
