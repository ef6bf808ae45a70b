"""Bringing each channel of each series to a scale a network learns well on, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from tidegate.errors import ConfigurationError, DataError

Array = NDArray[np.float64]
ScalerKind = Literal["standard", "minmax", "maxabs", "robust", "log", "none"]

# A spread below this share of the largest value is rounding noise around a constant.
_NOISE = 1e-12


@dataclass(frozen=True, eq=False)
class Scale:
    """Shift and scale of the channels of one series, both [C]; with `log`, of the logarithms of its values."""

    shift: Array
    scale: Array
    log: bool = False

    def transform(self, values: Array) -> Array:
        """[..., C] in the units of the data → the same shape, scaled; NaN stays NaN.

        Raises DataError where a logarithm is asked of a value that is not above zero.
        """
        return ((_logarithm(values) if self.log else values) - self.shift) / self.scale

    def inverse(self, values: Array) -> Array:
        """[..., C] scaled → the same shape in the units of the data."""
        unscaled = values * self.scale + self.shift
        return np.exp(unscaled) if self.log else unscaled


class SeriesScaler:
    """One `Scale` per series, fitted on what it is given: hand it the training part alone.

    Kinds: "standard" (mean 0, standard deviation 1), "minmax" (0 to 1), "maxabs" (largest magnitude 1), "robust"
    (median 0, quartiles 1 apart; by standard deviation where they coincide), "log" (logarithm, then standard), "none".
    A constant channel is only shifted; one without any value is left as it is. Missing values (NaN) take no part.
    """

    def __init__(self, kind: ScalerKind = "standard") -> None:
        if kind not in _KINDS:
            raise ConfigurationError(f"scaling '{kind}' is not known; choose one of {', '.join(_KINDS)}")
        self.kind: ScalerKind = kind
        self._scales: dict[str, Scale] = {}

    def fit(self, series: Sequence[Array], ids: Sequence[str]) -> Self:
        """`series` holds [T, C] for each id. Raises DataError for "log" where a value is not above zero."""
        self._scales = {id: self._measure(values, id) for id, values in zip(ids, series, strict=True)}
        return self

    def of(self, id: str, history: Array) -> Scale:
        """The scale of this series: the fitted one or, for one not met in training, that of its `history` [T, C]."""
        return self._scales.get(id) or self._measure(history, id)

    def state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        """What JSON can hold, and the arrays `shift` and `scale` [series, C]."""
        scales = list(self._scales.values())
        arrays = {name: np.stack([getattr(scale, name) for scale in scales]) for name in ("shift", "scale") if scales}
        return {"kind": self.kind, "ids": list(self._scales)}, arrays

    @classmethod
    def from_state(cls, state: Mapping[str, Any], arrays: Mapping[str, Array]) -> SeriesScaler:
        """The scaler whose `state()` this is."""
        scaler = cls(state["kind"])
        log = scaler.kind == "log"
        for row, id in enumerate(state["ids"]):
            scaler._scales[id] = Scale(arrays["shift"][row], arrays["scale"][row], log)
        return scaler

    def _measure(self, values: Array, id: str) -> Scale:
        log = self.kind == "log"
        try:
            measured = [_measure(_KINDS[self.kind], channel) for channel in (_logarithm(values) if log else values).T]
        except DataError as error:
            raise DataError(f"series '{id}': {error}") from error
        shift, scale = np.array(measured, dtype=np.float64).reshape(-1, 2).T
        return Scale(shift, scale, log)


def _measure(kind: Callable[[Array], tuple[float, float]], channel: Array) -> tuple[float, float]:
    observed = channel[~np.isnan(channel)]
    if not len(observed):
        return 0.0, 1.0
    shift, scale = kind(observed)
    return shift, scale if scale > _NOISE * np.abs(observed).max() else 1.0


def _standard(values: Array) -> tuple[float, float]:
    return float(values.mean()), float(values.std())


def _minmax(values: Array) -> tuple[float, float]:
    return float(values.min()), float(np.ptp(values))


def _maxabs(values: Array) -> tuple[float, float]:
    return 0.0, float(np.abs(values).max())


def _robust(values: Array) -> tuple[float, float]:
    lower, median, upper = np.quantile(values, [0.25, 0.5, 0.75])
    return float(median), float(upper - lower) or float(values.std())


def _none(values: Array) -> tuple[float, float]:  # noqa: ARG001 - all kinds share one signature
    return 0.0, 1.0


_KINDS: dict[ScalerKind, Callable[[Array], tuple[float, float]]] = {
    "standard": _standard,
    "minmax": _minmax,
    "maxabs": _maxabs,
    "robust": _robust,
    "log": _standard,
    "none": _none,
}


def _logarithm(values: Array) -> Array:
    below = values <= 0
    if below.any():
        raise DataError(f"{values[below][0]:g} has no logarithm; scaling 'log' needs values above zero, choose another")
    return np.log(values)
