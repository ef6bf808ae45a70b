"""Sequences, texts or series, each with one label or one number: as they were given, with where they came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tidegate.data.counted import counted
from tidegate.data.places import Places
from tidegate.errors import DataError

Series = NDArray[np.float64]
Label = str | int | float | bool


@dataclass(frozen=True, eq=False)
class Labelled:
    """Examples of classification and regression.

    inputs: texts, or series [T_i, C] of equally many channels, NaN where a value is missing.
    targets: a label or a number for each; None where none were asked for.
    names: which columns of the file played which part; channels: their names, in order; ids: those of series from a
    long table.
    Raises DataError, naming the place, for no examples, an empty text or series, unequal channels, an infinite value,
    and as many targets as do not fit.
    """

    inputs: Sequence[Any]
    targets: tuple[Label, ...] | None
    places: Places
    names: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    ids: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.inputs):
            raise DataError("there are no examples; give one at least")
        if self.targets is not None and len(self.targets) != len(self.inputs):
            found = f"{counted(len(self.inputs), 'example')} but {counted(len(self.targets), 'target')}"
            raise DataError(f"{found}; give one for each")
        _check_texts(self) if self.kind == "texts" else _check_series(self)

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def kind(self) -> Literal["texts", "series"]:
        return "texts" if isinstance(self.inputs[0], str) else "series"

    @property
    def summary(self) -> str:
        """How much there is, in a few words."""
        if self.kind == "texts":
            return counted(len(self), "text")
        lengths = [len(one) for one in self.inputs]
        reach = f"{min(lengths):,} to " if min(lengths) < max(lengths) else ""
        return f"{len(self):,} series of {reach}{counted(max(lengths), 'step')}, {counted(self.width, 'channel')}"

    @property
    def width(self) -> int:
        """Channels of the series; 0 of texts."""
        first = self.inputs[0]
        return 0 if isinstance(first, str) else first.shape[1]

    def place_of(self, row: int, step: int, channel: int) -> str:
        """Where a value of a series stands."""
        return self.places.of_value(row, step, self.channels[channel] if self.channels else str(channel))

    def place_of_label(self, row: int) -> str:
        """Where the label or number of an example stands."""
        column = self.names.get("label")
        return self.places[row] if column is None else f"{self.places[row]}, column '{column}'"

    def take(self, rows: NDArray[np.int64], /) -> Labelled:
        """Some of them, in this order. Raises DataError for none."""
        targets = None if self.targets is None else tuple(self.targets[row] for row in rows)
        inputs = [self.inputs[row] for row in rows]
        ids = tuple(self.ids[row] for row in rows) if self.ids else ()
        return replace(self, inputs=inputs, targets=targets, places=self.places.take(rows), ids=ids)

    def fingerprint(self) -> dict[str, str | int]:
        """The SHA-256 of all inputs and targets, and how many there are."""
        digest = hashlib.sha256(json.dumps([self.kind, None if self.targets is None else list(self.targets)]).encode())
        for one in self.inputs:
            content = (
                one.encode(errors="surrogatepass")
                if isinstance(one, str)
                else np.where(np.isnan(one), np.nan, one).astype("<f8").tobytes()
            )
            digest.update(len(content).to_bytes(8, "little"))
            digest.update(content)
        return {"sha256": digest.hexdigest(), "examples": len(self)}


def _check_texts(records: Labelled) -> None:
    for row, text in enumerate(records.inputs):
        if not isinstance(text, str):
            raise DataError(f"{records.places[row]}: a {type(text).__name__} among texts; give texts only")
        if not text.strip():
            raise DataError(f"{records.places[row]}: the text is empty; fill it in or leave the row out")


def _check_series(records: Labelled) -> None:
    first = records.inputs[0]
    for row, series in enumerate(records.inputs):
        if isinstance(series, str) or isinstance(first, str):
            raise DataError(f"{records.places[row]}: a text among series; give series only")
        if series.shape[1] != first.shape[1]:
            raise DataError(
                f"{records.places[row]}: {counted(series.shape[1], 'channel')}, where {records.places[0]} has "
                f"{first.shape[1]}"
            )
        if not series.size:
            raise DataError(f"{records.places[row]}: the series is empty; give it a step at least")
        if np.isinf(series).any():
            step, channel = np.argwhere(np.isinf(series))[0]
            raise DataError(f"{records.place_of(row, step, channel)}: the value is not finite; mend it")
