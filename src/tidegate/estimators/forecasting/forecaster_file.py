"""A trained forecaster as a model file, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
import polars as pl

from tidegate import __version__
from tidegate.artefact.file import Artefact, load, save
from tidegate.data.panel import Panel, Series
from tidegate.data.step import Step
from tidegate.errors import ArtefactError
from tidegate.estimators.forecasting.engine import ForecastEngine
from tidegate.estimators.forecasting.fitted import Fitted
from tidegate.estimators.forecasting.fitting import untrained
from tidegate.estimators.forecasting.intervals import ConformalErrors
from tidegate.estimators.forecasting.preparation import Preparation
from tidegate.estimators.forecasting.resolution import ResolvedOptions
from tidegate.estimators.network_weights import weights_of, with_weights
from tidegate.estimators.options import validated
from tidegate.training.history import History

KIND = "forecaster"
_PARTS = ("times", "target", "past", "known")


def write_fitted(fitted: Fitted, path: str | PathLike[str], metrics: Mapping[str, Any]) -> Path:
    """Writes the file; `metrics` stand beside the training history in it."""
    preparation, scales = fitted.engine.preparation.state()
    recent, rows = _recent_state(fitted)
    errors = {} if fitted.errors is None else {"errors": fitted.errors.errors}
    learnt = {id: int(np.asarray(time).astype(np.int64)) for id, time in fitted.learnt.items()}
    artefact = Artefact(
        kind=KIND,
        configuration=fitted.options.model_dump(),
        preprocessing={**preparation, "recent": recent, "learnt": learnt},
        metrics={**metrics, "training": fitted.history.without_clock().to_json()},
        fingerprint=fitted.fingerprint,
        tensors={**weights_of(fitted.engine.network), **scales, **rows, **errors},
    )
    return save(artefact, path)


def read_fitted(path: str | PathLike[str]) -> Fitted:
    """Raises ArtefactError for any file that is not a whole forecaster."""
    artefact = load(path)
    if artefact.kind != KIND:
        raise ArtefactError(f"{path}: holds a {artefact.kind}, not a {KIND}; tidegate.load opens any kind")
    try:
        return _fitted(artefact)
    except (LookupError, TypeError, ValueError, RuntimeError, OverflowError) as cause:
        raise ArtefactError(
            f"{path}: a forecaster of tidegate {artefact.version} that version {__version__} does not understand "
            f"({shorten(str(cause), 200)}); install that version, or train anew"
        ) from cause


def _fitted(artefact: Artefact) -> Fitted:
    options = validated(ResolvedOptions, artefact.configuration)
    preparation = Preparation.from_state(artefact.preprocessing, artefact.tensors)
    network = with_weights(lambda: untrained(preparation, options).network, artefact.tensors, options.num_layers)
    errors = artefact.tensors.get("errors")
    dated = preparation.step.unit != "number"
    return Fitted(
        options=options,
        engine=ForecastEngine(network, preparation, options.window_shape),
        errors=None if errors is None else ConformalErrors(errors),
        recent=_recent(artefact, preparation),
        learnt={id: _time(time, dated) for id, time in artefact.preprocessing["learnt"].items()},
        history=History.from_json(artefact.metrics["training"]),
        fingerprint=artefact.fingerprint,
    )


def _recent_state(fitted: Fitted) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows that forecasts start from: as many as the network reads or takes anchors from.

    Series that training has not met are kept whole, as their scale comes from all of their rows.
    """
    panel, kept = fitted.recent, fitted.engine.reach
    firsts = [max(len(series) - kept, 0) if series.unique_id in fitted.learnt else 0 for series in panel.series]
    tails = [
        {part: getattr(series, part)[first:] for part in _PARTS}
        for series, first in zip(panel.series, firsts, strict=True)
    ]
    arrays = {f"recent.{part}": np.concatenate([tail[part] for tail in tails]) for part in _PARTS}
    arrays["recent.times"] = arrays["recent.times"].astype(np.int64)
    state = {
        "step": asdict(panel.step),
        "ids": panel.ids,
        "id_type": str(panel.id_type),
        "date": isinstance(panel.time_type, pl.Date),
        "zone": getattr(panel.time_type, "time_zone", None),
        "in_utc": panel.in_utc,
        "lengths": [len(tail["times"]) for tail in tails],
        "static": [series.static for series in panel.series],
        "notes": panel.notes,
    }
    return state, arrays


def _recent(artefact: Artefact, preparation: Preparation) -> Panel:
    state = artefact.preprocessing["recent"]
    ends: Sequence[int] = np.cumsum(state["lengths"])[:-1].tolist()
    dated = preparation.step.unit != "number"
    parts = {part: np.split(artefact.tensors[f"recent.{part}"], ends) for part in _PARTS}
    series = tuple(
        Series(id, _time(times, dated), target, past, known, tuple(static))
        for id, times, target, past, known, static in zip(
            state["ids"], *(parts[part] for part in _PARTS), state["static"], strict=True
        )
    )
    return Panel(
        series,
        preparation.columns,
        Step(**state["step"]),
        tuple(state["notes"]),
        kind="polars",
        id_type=getattr(pl, state["id_type"], pl.String)(),
        time_type=_time_type(state, dated),
        in_utc=state["in_utc"],
    )


def _time_type(state: Mapping[str, Any], dated: bool) -> pl.DataType:
    if state["date"]:
        return pl.Date()
    return pl.Datetime("us", state["zone"]) if dated else pl.Int64()


def _time(number: Any, dated: bool) -> Any:
    return np.asarray(number).astype("datetime64[us]")[()] if dated else number
