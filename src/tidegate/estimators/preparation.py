"""How series become what a network reads, and its forecasts become values again; all fitted on the training part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tidegate.data.columns import Columns
from tidegate.data.panel import Panel, Series
from tidegate.data.scaling import ScalerKind, SeriesScaler
from tidegate.data.static import StaticEncoder
from tidegate.data.step import Step
from tidegate.data.windows import Track
from tidegate.estimators.symmetry import better_as_logarithm

Array = NDArray[np.float64]
_SCALED = ("target", "past", "known")


@dataclass(frozen=True)
class Preparation:
    """Scaling per series, static features encoded, calendar features of the step."""

    columns: Columns
    step: Step
    scalers: Mapping[str, SeriesScaler]
    static: StaticEncoder

    @classmethod
    def fit(cls, training: Panel, scaler: ScalerKind | Literal["auto"]) -> Preparation:
        """Learns scales and words from the training part; "auto" takes logarithms where they fit most series better."""
        if scaler == "auto":
            scaler = "log" if _better_as_logarithms(training) else "standard"
        kinds: dict[str, ScalerKind] = {"target": scaler, "past": "standard", "known": "standard"}
        scalers = {
            part: SeriesScaler(kind).fit([getattr(series, part) for series in training.series], training.ids)
            for part, kind in kinds.items()
        }
        static = StaticEncoder.fit([series.static for series in training.series], training.columns.static)
        return cls(training.columns, training.step, scalers, static)

    @property
    def channels(self) -> int:
        """What the network tells and is fed back: targets and past covariates."""
        return len(self.columns.target) + len(self.columns.past)

    @property
    def features(self) -> int:
        """Numbers known of a step ahead of time: its calendar and, for each known covariate, value and whether absent."""
        return len(self.step.calendar_names) + 2 * len(self.columns.known)

    def track(self, series: Series, seen: Series, first: int, last: int) -> Track:
        """The series as a network reads it, with targets in rows `first` to `last`.

        The scale is the one of training; a series not met there takes that of its own part `seen`.
        """
        scaled = {
            part: scaler.of(series.unique_id, getattr(seen, part)).transform(getattr(series, part))
            for part, scaler in self.scalers.items()
        }
        known = scaled["known"]
        features = [self.step.calendar(series.times), np.nan_to_num(known), np.isnan(known)]
        return Track(
            values=np.concatenate([scaled["target"], scaled["past"]], axis=1).astype(np.float32),
            features=np.concatenate(features, axis=1).astype(np.float32),
            static=self.static.transform([series.static])[0].astype(np.float32),
            first=first,
            last=last,
        )

    def extended(self, series: Series, known: Array, steps: int) -> Series:
        """The series with `steps` empty rows after its end, of which the first have the `known` covariates [≤ steps, Q]."""
        empty = {part: np.full((steps, getattr(series, part).shape[1]), np.nan) for part in _SCALED}
        empty["known"][: len(known)] = known[:steps]
        times = np.concatenate([series.times, self.step.after(series.times[-1], steps)])
        rows: dict[str, Any] = {part: np.concatenate([getattr(series, part), empty[part]]) for part in _SCALED}
        return replace(series, times=times, **rows)

    def unscaled(self, seen: Series, values: NDArray[Any]) -> Array:
        """Targets [..., K] in the units of the data; `seen` as in `track`."""
        return self.scalers["target"].of(seen.unique_id, seen.target).inverse(values.astype(np.float64))

    def scaled(self, seen: Series, values: Array) -> Array:
        """Targets [..., K] in scaled units; `seen` as in `track`."""
        return self.scalers["target"].of(seen.unique_id, seen.target).transform(values)

    def state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """What JSON can hold, and arrays by name."""
        scalers: dict[str, Any] = {}
        arrays: dict[str, Array] = {}
        for part, scaler in self.scalers.items():
            scalers[part], held = scaler.state()
            arrays |= {f"scale.{part}.{name}": array for name, array in held.items()}
        described = {"columns": asdict(self.columns), "step": asdict(self.step), "static": self.static.state()}
        return {**described, "scalers": scalers}, arrays

    @classmethod
    def from_state(cls, state: Mapping[str, Any], arrays: Mapping[str, Array]) -> Preparation:
        """The preparation whose `state()` this is."""
        columns: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in state["columns"].items()
        }
        scalers = {
            part: SeriesScaler.from_state(held, _under(f"scale.{part}.", arrays))
            for part, held in state["scalers"].items()
        }
        return cls(Columns(**columns), Step(**state["step"]), scalers, StaticEncoder.from_state(state["static"]))


def _better_as_logarithms(panel: Panel) -> bool:
    """Whether every series can be seen as logarithms and most are better so."""
    positive = all(bool((series.target[~np.isnan(series.target)] > 0).all()) for series in panel.series)
    return positive and 2 * sum(better_as_logarithm(series.target) for series in panel.series) > len(panel.series)


def _under(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
