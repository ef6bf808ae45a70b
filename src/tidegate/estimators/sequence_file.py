"""A trained estimator of sequences as a model file, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from textwrap import shorten
from typing import Any

from torch import nn

from tidegate import __version__
from tidegate.artefact.file import Artefact, load, save
from tidegate.errors import ArtefactError
from tidegate.estimators.network_weights import under, weights_of, with_weights
from tidegate.estimators.options import validated
from tidegate.estimators.sequence_fitted import FittedSequence, OptionsT, PreparationT
from tidegate.training.history import History

Build = Callable[[OptionsT, PreparationT], nn.Module]


def write_sequence(
    kind: str, fitted: FittedSequence[OptionsT, PreparationT], path: str | PathLike[str], metrics: Mapping[str, Any]
) -> Path:
    """Writes the file; `metrics` stand beside the training history in it."""
    described, arrays = fitted.preparation.state()
    vocabulary = described.pop("vocabulary", {})
    artefact = Artefact(
        kind=kind,
        configuration=fitted.options.model_dump(),
        preprocessing={"preparation": described, "names": fitted.names, "notes": fitted.notes},
        vocabulary=vocabulary,
        metrics={**metrics, "training": fitted.history.without_clock().to_json()},
        fingerprint=fitted.fingerprint,
        tensors={**weights_of(fitted.network), **{f"preparation.{name}": array for name, array in arrays.items()}},
    )
    return save(artefact, path)


def read_sequence(
    kind: str,
    path: str | PathLike[str],
    options: type[OptionsT],
    preparation: type[PreparationT],
    build: Build[OptionsT, PreparationT],
) -> FittedSequence[OptionsT, PreparationT]:
    """What `write_sequence` wrote; `build` makes the network. Raises ArtefactError for any other file."""
    artefact = load(path)
    if artefact.kind != kind:
        raise ArtefactError(f"{path}: holds a {artefact.kind}, not a {kind}; tidegate.load opens any kind")
    try:
        return _fitted(artefact, options, preparation, build)
    except (LookupError, TypeError, ValueError, RuntimeError, OverflowError) as cause:
        raise ArtefactError(
            f"{path}: a {kind} of tidegate {artefact.version} that version {__version__} does not understand "
            f"({shorten(str(cause), 200)}); install that version, or train anew"
        ) from cause


def _fitted(
    artefact: Artefact,
    kind: type[OptionsT],
    preparation: type[PreparationT],
    build: Build[OptionsT, PreparationT],
) -> FittedSequence[OptionsT, PreparationT]:
    options = validated(kind, artefact.configuration)
    described = artefact.preprocessing["preparation"]
    whole = {**described, **({"vocabulary": artefact.vocabulary} if artefact.vocabulary else {})}
    prepared = preparation.from_state(whole, under("preparation.", artefact.tensors))
    return FittedSequence(
        options=options,
        preparation=prepared,
        network=with_weights(lambda: build(options, prepared), artefact.tensors, options.num_layers),
        history=History.from_json(artefact.metrics["training"]),
        names=artefact.preprocessing["names"],
        notes=tuple(artefact.preprocessing["notes"]),
        fingerprint=artefact.fingerprint,
    )
