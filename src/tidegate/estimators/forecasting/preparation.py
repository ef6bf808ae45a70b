"""How series become what a network reads, and its forecasts become values again; all fitted on the training part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.columns import Columns
from tidegate.data.panel import Panel, Series
from tidegate.data.scaling import ScalerKind, SeriesScaler
from tidegate.data.static import StaticEncoder
from tidegate.data.step import Step
from tidegate.data.windows import Track
from tidegate.errors import DataError

Array = NDArray[np.float64]
_SCALED = ("target", "past", "known")
_LEAST_CHANGE = 0.01  # scaled units: the errors of a series that repeats itself exactly must not count without bound


@dataclass(frozen=True)
class Preparation:
    """Scaling per series, static features encoded, calendar features of the step.

    cycles: those of the calendar that the longest series of the training part goes through at least twice; a longer one
    would be a trend there, and leave the range seen in training afterwards. period: how many steps back the anchor
    stands, 0 for none. changes: for each series the size of usual changes between a value and its anchor, [C].
    """

    columns: Columns
    step: Step
    cycles: tuple[str, ...]
    period: int
    scalers: Mapping[str, SeriesScaler]
    static: StaticEncoder
    changes: Mapping[str, Array]

    @classmethod
    def fit(cls, training: Panel, scaler: ScalerKind, period: int) -> Preparation:
        """Learns scales, words and cycles from the training part."""
        kinds: dict[str, ScalerKind] = {"target": scaler, "past": "standard", "known": "standard"}
        scalers = {
            part: SeriesScaler(kind).fit([getattr(series, part) for series in training.series], training.ids)
            for part, kind in kinds.items()
        }
        static = StaticEncoder.fit([series.static for series in training.series], training.columns.static)
        longest = max(len(series) for series in training.series)
        cycles = tuple(name for name, steps in training.step.cycles.items() if longest >= 2 * steps)
        prepared = cls(training.columns, training.step, cycles, period, scalers, static, {})
        return replace(prepared, changes={one.unique_id: prepared._measured_change(one) for one in training.series})

    @property
    def channels(self) -> int:
        """What the network tells and is fed back: targets and past covariates."""
        return len(self.columns.target) + len(self.columns.past)

    @property
    def features(self) -> int:
        """Numbers known of a step ahead of time: its calendar, each known covariate and whether that is absent."""
        return len(self._calendar_columns) + 2 * len(self.columns.known)

    @property
    def _calendar_columns(self) -> list[int]:
        names = self.step.calendar_names
        return [place for place, name in enumerate(names) if name.rpartition("_")[0] in self.cycles]

    def track(self, series: Series, seen: Series, first: int, last: int) -> Track:
        """The series as a network reads it, with targets in rows `first` to `last`.

        The scale is the one of training; a series not met there takes that of its own part `seen`. Raises DataError
        for values that the scale does not take.
        """
        scaled = {part: self._scaled(part, seen, getattr(series, part)) for part in _SCALED}
        known = scaled["known"]
        calendar = self.step.calendar(series.times)[:, self._calendar_columns]
        features = [calendar, np.nan_to_num(known), np.isnan(known)]
        return Track(
            values=np.concatenate([scaled["target"], scaled["past"]], axis=1).astype(np.float32),
            features=np.concatenate(features, axis=1).astype(np.float32),
            static=self.static.transform([series.static])[0].astype(np.float32),
            change=self.change_of(seen).astype(np.float32),
            first=first,
            last=last,
        )

    def change_of(self, seen: Series) -> Array:
        """The size of usual changes of the series, [C]; `seen` as in `track`.

        It is 0 for a channel that always was what its anchor said: then no correction is made, and the anchor stands.
        """
        known = self.changes.get(seen.unique_id)
        return self._measured_change(seen) if known is None else known

    def _measured_change(self, series: Series) -> Array:
        if not self.period:
            return np.ones(self.channels)
        parts = [self._scaled(part, series, getattr(series, part)) for part in ("target", "past")]
        values = np.concatenate(parts, axis=1)
        back = self.period if len(values) > self.period else 1
        sizes = np.abs(values[back:] - values[:-back])
        counts = (~np.isnan(sizes)).sum(axis=0)
        means = np.nansum(sizes, axis=0) / np.maximum(counts, 1)
        return np.where(counts == 0, 1.0, np.where(means > 0, np.maximum(means, _LEAST_CHANGE), 0.0))

    def extended(self, series: Series, origin: int, known: Array, steps: int) -> Series:
        """The series with `steps` empty rows after its end; the first of them get the `known` covariates [≤ steps, Q].

        From row `origin` on, nothing but known covariates is left.
        """
        empty = {part: np.full((steps, getattr(series, part).shape[1]), np.nan) for part in _SCALED}
        empty["known"][: len(known)] = known[:steps]
        times = np.concatenate([series.times, self.step.after(series.times[-1], steps)])
        rows: dict[str, Any] = {part: np.concatenate([getattr(series, part), empty[part]]) for part in _SCALED}
        rows["target"][origin:] = rows["past"][origin:] = np.nan
        return replace(series, times=times, **rows)

    def unscaled(self, seen: Series, values: NDArray[Any]) -> Array:
        """Targets [..., K] in the units of the data; `seen` as in `track`."""
        return self.scalers["target"].of(seen.unique_id, seen.target).inverse(values.astype(np.float64))

    def scaled(self, seen: Series, values: Array) -> Array:
        """Targets [..., K] in scaled units; `seen` as in `track`."""
        return self._scaled("target", seen, values)

    def _scaled(self, part: str, seen: Series, values: Array) -> Array:
        scale = self.scalers[part].of(seen.unique_id, getattr(seen, part))
        try:
            return scale.transform(values)
        except DataError as error:
            raise DataError(f"series '{seen.unique_id}': {error}, such as Forecaster(scaler='standard')") from error

    def state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """What JSON can hold, and arrays by name."""
        scalers: dict[str, Any] = {}
        arrays: dict[str, Array] = {}
        for part, scaler in self.scalers.items():
            scalers[part], held = scaler.state()
            arrays |= {f"scale.{part}.{name}": array for name, array in held.items()}
        arrays["change"] = np.stack([self.changes[id] for id in scalers["target"]["ids"]])
        described = {"columns": asdict(self.columns), "step": asdict(self.step), "cycles": list(self.cycles)}
        return {**described, "period": self.period, "static": self.static.state(), "scalers": scalers}, arrays

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
        static = StaticEncoder.from_state(state["static"])
        changes = dict(zip(state["scalers"]["target"]["ids"], arrays["change"], strict=True))
        cycles, period = tuple(state["cycles"]), state["period"]
        return cls(Columns(**columns), Step(**state["step"]), cycles, period, scalers, static, changes)


def _under(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
