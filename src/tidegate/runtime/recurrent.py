"""Recurrent layers over whole sequences and step by step, without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tidegate.errors import ConfigurationError, DataError
from tidegate.runtime.carrying import Carrier, carrier_of
from tidegate.runtime.options import checked_weights, parsed
from tidegate.runtime.steps import Array, State


class Recurrent:
    """A stack of recurrent layers as `tidegate.nn` trains them, in evaluation, computed in the type of its weights.

    Args:
        cell: "rnn", "gru", "lstm", "mingru" or "minlstm".
        options: the arguments of the layer's constructor in `tidegate.nn` by name, at least `input_size` and
            `hidden_size`. Dropout acts in training only; of zoneout the expectation is taken.
        weights: the layer's state dict as arrays; they are copied.

    A state is an array [L·D, B, H], for the LSTM a pair (h [L·D, B, P or H], c [L·D, B, H]), as in torch; left out, it
    is the learnt one or zero.

    Raises:
        ConfigurationError: the options are unknown or the weights do not fit them.
    """

    def __init__(self, cell: str, options: Mapping[str, Any], weights: Mapping[str, npt.ArrayLike]) -> None:
        self._recurrence, self._stack = parsed(cell, options)
        arrays = checked_weights(self._recurrence, self._stack, weights)
        self._dtype = arrays["weight_ih_l0"].dtype
        self._learnt = [arrays[name] for name in arrays if name.startswith("initial_")]
        self._layers: list[list[Carrier]] = [[] for _ in range(self._stack.num_layers)]
        for layer, end in self._stack.places():
            own = {name.removesuffix(end): array for name, array in arrays.items() if name.endswith(end)}
            self._layers[layer].append(carrier_of(self._recurrence, own, self._stack.zoneout))

    def run(
        self, x: npt.ArrayLike, state: Any = None, lengths: Sequence[int] | npt.NDArray[np.integer[Any]] | None = None
    ) -> tuple[Array, Any]:
        """Carries the layers over whole sequences.

        Args:
            x: [B, T, F].
            state: the state before the first step.
            lengths: how many steps of each sequence are true, [B], in any order, zero allowed. What lies behind
                is never read; the outputs there are 0.

        Returns:
            The outputs [B, T, D·H] ([B, T, H] if the directions are summed or averaged) and the state after each
            sequence's own last step.

        Raises:
            DataError: x, state or lengths have the wrong shape, or a length lies outside 0 … T.
        """
        rows = self._checked_input(x, "[B, T, F]")
        checked = _checked_lengths(lengths, *rows.shape[:2])
        final = self._initial(state, len(rows))
        for layer, directions in enumerate(self._layers):
            outputs = []
            for direction, carrier in enumerate(directions):
                own = tuple(part[layer * len(directions) + direction] for part in final)
                outputs.append(carrier.run(rows, own, checked, direction == 1))
            rows = self._above(layer, rows, outputs)
        return rows, _given(final)

    def step(self, x: npt.ArrayLike, state: Any = None) -> tuple[Array, Any]:
        """Carries the layers over one step: x [B, F] and the state before it → output [B, H] and the state after it.

        Raises:
            ConfigurationError: the layers are bidirectional, which need the whole sequence first.
            DataError: x or state has the wrong shape.
        """
        if self._stack.bidirectional:
            raise ConfigurationError("a bidirectional network reads a sequence to its end before it answers: use run")
        rows = self._checked_input(x, "[B, F]")
        final = self._initial(state, len(rows))
        for layer, (carrier,) in enumerate(self._layers):
            own = tuple(part[layer] for part in final)
            carrier.step(rows, own)
            rows = own[0] + rows if self._stack.residual and layer else own[0]
        return rows.copy(), _given(final)

    def _above(self, layer: int, rows: Array, outputs: Sequence[Array]) -> Array:
        """What the next layer is given, from what this one was given and what its directions put out."""
        if self._stack.merge == "concat" or len(outputs) == 1:
            merged = np.concatenate(outputs, axis=-1)
        else:
            merged = (outputs[0] + outputs[1]) / (2 if self._stack.merge == "mean" else 1)
        return merged + rows if self._stack.residual and layer else merged

    def _initial(self, state: Any, batch: int) -> State:
        """A state of our own, to be carried on in place."""
        names = self._recurrence.state_names
        places = self._stack.num_layers * self._stack.directions
        shapes = [(places, batch, width) for width in self._recurrence.widths(self._stack.hidden_size)]
        if state is None and self._learnt:
            return tuple(
                np.broadcast_to(part[:, None], shape).copy() for part, shape in zip(self._learnt, shapes, strict=True)
            )
        if state is None:
            return tuple(np.zeros(shape, self._dtype) for shape in shapes)
        parts = (state,) if len(names) == 1 else tuple(state)
        if len(parts) != len(names):
            raise DataError(f"the state has {len(parts)} parts, expected ({', '.join(names)})")
        arrays = tuple(np.array(part, self._dtype, order="C") for part in parts)
        for name, array, shape in zip(names, arrays, shapes, strict=True):
            if array.shape != shape:
                raise DataError(f"the state {name} has shape {list(array.shape)}, expected {list(shape)}")
        return arrays

    def _checked_input(self, x: npt.ArrayLike, expected: str) -> Array:
        rows = np.asarray(x, self._dtype, order="C")
        if rows.ndim != expected.count(",") + 1 or rows.shape[-1] != self._stack.input_size:
            raise DataError(f"x has shape {list(rows.shape)}, expected {expected} with F = {self._stack.input_size}")
        return rows


def _given(state: State) -> Any:
    """A state as the caller has it."""
    return state if len(state) > 1 else state[0]


def _checked_lengths(lengths: Any, batch: int, steps: int) -> npt.NDArray[np.int64]:
    if lengths is None:
        return np.full(batch, steps, np.int64)
    given = np.asarray(lengths)
    if given.shape != (batch,) or (batch and given.dtype.kind not in "iu"):
        raise DataError(f"lengths must be {batch} whole numbers, one a sequence, not {given.dtype} {list(given.shape)}")
    if batch and not 0 <= given.min() <= given.max() <= steps:
        raise DataError(f"lengths must lie between 0 and the {steps} steps of x, not {given.tolist()}")
    return given.astype(np.int64)
