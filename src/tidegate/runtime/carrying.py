"""One layer in one direction carried over time: by the native engine where it has the equation, by NumPy otherwise."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tidegate import compiled
from tidegate.runtime.steps import GRU, LSTM, RNN, Array, State, Step, Weights

_native = compiled.load()
AVAILABLE = _native is not None
_KINDS = {("rnn", "tanh"): 0, ("rnn", "relu"): 1, ("gru", "after"): 2, ("gru", "before"): 3}
_LSTM = 4
"""The engine's numbers, as in native/call.hpp."""


class Carrier(Protocol):
    """The state, arrays [B, width] in memory of their own, is carried on in place."""

    def step(self, x: Array, state: State) -> None:
        """One step of x [B, F]."""

    def run(self, x: Array, state: State, lengths: npt.NDArray[np.int64], reverse: bool) -> Array:
        """x [B, T, F] → [B, T, width], 0 behind each sequence's length [B]; what lies there is not read."""


def carrier_of(step: Step, weights: Weights, zoneout: float) -> Carrier:
    """The one place that chooses."""
    kind = _kind_of(step)
    dtype = weights["weight_ih"].dtype
    if not AVAILABLE or kind is None or zoneout or dtype not in (np.float32, np.float64):
        return Walk(step, weights, zoneout)
    return Engine(kind, weights)


class Engine:
    """By the native engine; it holds its own copy of the weights, laid out for it."""

    def __init__(self, kind: int, weights: Weights) -> None:
        dense: dict[str, Any] = {name: np.ascontiguousarray(array) for name, array in weights.items()}
        make: Any = _native.Layer32 if dense["weight_ih"].dtype == np.float32 else _native.Layer64
        peepholes = dense["peephole"].reshape(3, -1) if "peephole" in dense else None
        biases = dense.get("bias_ih"), dense.get("bias_hh")
        self._layer = make(kind, dense["weight_ih"], dense["weight_hh"], *biases, dense.get("weight_hr"), peepholes)

    def step(self, x: Array, state: State) -> None:
        self._layer.step(x, *state)

    def run(self, x: Array, state: State, lengths: npt.NDArray[np.int64], reverse: bool) -> Array:
        y = np.empty((*x.shape[:2], state[0].shape[1]), x.dtype)
        cell = state[1] if len(state) > 1 else None
        self._layer.run(x, y, state[0], cell, lengths, reverse)
        return y


class Walk:
    """Step by step with NumPy."""

    def __init__(self, step: Step, weights: Weights, zoneout: float) -> None:
        self._step, self._weights, self._zoneout = step, weights, zoneout

    def step(self, x: Array, state: State) -> None:
        self._next(self._step.project(x, self._weights), state, np.ones(len(x), bool))

    def run(self, x: Array, state: State, lengths: npt.NDArray[np.int64], reverse: bool) -> Array:
        steps = x.shape[1]
        inside = np.arange(steps)[:, None] < lengths
        rows = np.where(inside[..., None], x.swapaxes(0, 1), 0).astype(x.dtype, copy=False)
        projected = self._step.project(rows, self._weights)
        y = np.zeros((*x.shape[:2], state[0].shape[1]), x.dtype)
        for t in reversed(range(steps)) if reverse else range(steps):
            self._next(projected[t], state, inside[t])
            y[inside[t], t] = state[0][inside[t]]
        return y

    def _next(self, projected: Array, state: State, runs: npt.NDArray[np.bool_]) -> None:
        """A sequence rests where it does not run [B]."""
        for new, old in zip(self._step(projected, state, self._weights), state, strict=True):
            np.copyto(old, new + self._zoneout * (old - new) if self._zoneout else new, where=runs[:, None])


def _kind_of(step: Step) -> int | None:
    """The engine's number for exactly this equation, if it has one."""
    if getattr(step, "layer_norm", False):
        return None
    match step:
        case RNN():
            return _KINDS["rnn", step.nonlinearity]
        case GRU():
            return _KINDS["gru", step.reset]
        case LSTM():
            return _LSTM
    return None
