"""One call of a recurrent layer: from what was given to rows and states, and back to the shape of what was given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from tidegate.errors import ConfigurationError
from tidegate.nn.cells.base import State, pair
from tidegate.nn.layout import Layout

if TYPE_CHECKING:
    from tidegate.nn.layer import RecurrentLayer

Lengths = Tensor | Sequence[int]


class Call:
    """The input of one call, checked as torch checks it and brought to its normal form.

    rows [N, F] and layout hold the steps of all sequences; initial is the state, each [L·D, B, width], in the order of
    the layout. Where at least `padded_from` of all steps are true, a ragged batch stays as it is, padding among them.
    """

    def __init__(
        self,
        layer: RecurrentLayer,
        x: Tensor | PackedSequence,
        state: Any = None,
        lengths: Lengths | None = None,
        *,
        padded_from: float = math.inf,
    ) -> None:
        self._layer = layer
        self._padded_from = padded_from
        self._x = x
        self._one = isinstance(x, Tensor) and x.dim() == 2
        parts = self._parts(state)
        if isinstance(x, PackedSequence):
            self.rows, self.layout = self._from_packed(x, lengths)
        else:
            self._check_dimensions(x, parts)
            self.rows, self.layout = self._from_tensor(x, lengths)
        self._steps = self.layout.steps
        if isinstance(x, Tensor):
            self._steps = x.size(1 if layer.batch_first and not self._one else 0)
        self.initial = self._learnt_or_zero() if parts is None else self._sorted(parts)

    def outputs(self, rows: Tensor) -> Tensor | PackedSequence:
        """Outputs [N, W], shaped as the input was."""
        if isinstance(self._x, PackedSequence):
            return PackedSequence(rows, self._x.batch_sizes, self._x.sorted_indices, self._x.unsorted_indices)
        padded = self.layout.pad(rows, self._steps)
        if self._one:
            return padded.squeeze(1)
        return padded.transpose(0, 1) if self._layer.batch_first else padded

    def final(self, state: State) -> Any:
        """The final state, shaped as an initial state is given."""
        parts = tuple(self.layout.unsort(part) for part in state)
        if self._one:
            parts = tuple(part.squeeze(1) for part in parts)
        return parts if len(parts) > 1 else parts[0]

    def batch_major(self, rows: Tensor) -> Tensor:
        """Rows [N, W] as [B, T, W], or [T, W] for one sequence."""
        padded = self.layout.pad(rows, self._steps)
        return padded.squeeze(1) if self._one else padded.transpose(0, 1)

    def _parts(self, state: Any) -> State | None:
        if state is None:
            return None
        return (state,) if len(self._layer.recurrence.state_names) == 1 else pair(state)

    def _from_packed(self, x: PackedSequence, lengths: Lengths | None) -> tuple[Tensor, Layout]:
        if lengths is not None:
            raise ConfigurationError("lengths cannot be given with a PackedSequence, which has its own")
        self._check_input(x.data, 2)
        return x.data, Layout.of_packed(x)

    def _from_tensor(self, x: Tensor, lengths: Lengths | None) -> tuple[Tensor, Layout]:
        if self._one:
            x = x.unsqueeze(1)
        elif self._layer.batch_first:
            x = x.transpose(0, 1)
        self._check_input(x, 3)
        if lengths is None:
            layout = Layout.of_dense(x)
        elif self._one:
            raise ConfigurationError("lengths need a batch: x has two dimensions, which is one sequence")
        else:
            layout = Layout.of_lengths(x, lengths, self._padded_from)
        return layout.gather(x), layout

    def _check_dimensions(self, x: Tensor, parts: State | None) -> None:
        if x.dim() not in (2, 3):
            kind = type(self._layer).__name__
            noun = "D tensor" if kind == "RNN" else "D"
            raise ValueError(f"{kind}: Expected input to be 2D or 3D, got {x.dim()}{noun} instead")
        if parts is None or all(part.dim() == x.dim() for part in parts):
            return
        kind, dims = ("unbatched", 2) if self._one else ("batched", 3)
        given = [f"{part.dim()}-D" for part in parts]
        what, got = ("hx", f"{given[0]} tensor") if len(parts) == 1 else ("hx and cx", f"({', '.join(given)}) tensors")
        raise RuntimeError(f"For {kind} {dims}-D input, {what} should also be {dims}-D but got {got}")

    def _check_input(self, x: Tensor, dimensions: int) -> None:
        expected, dtype = self._layer.input_size, self._layer.weight_ih_l0.dtype
        if x.dtype != dtype and not torch.is_autocast_enabled(x.device.type):
            raise ValueError(
                f"RNN input dtype ({x.dtype}) does not match weight dtype ({dtype}). "
                f"Convert input: input.to({dtype}), or convert model: model.to({x.dtype})"
            )
        if x.dim() != dimensions:
            raise RuntimeError(f"input must have {dimensions} dimensions, got {x.dim()}")
        if x.size(-1) != expected:
            raise RuntimeError(f"input.size(-1) must be equal to input_size. Expected {expected}, got {x.size(-1)}")

    def _sizes(self) -> list[tuple[int, int, int]]:
        places = self._layer.num_layers * self._layer.num_directions
        widths = self._layer.recurrence.state_sizes(self._layer.hidden_size)
        return [(places, self.layout.batch, width) for width in widths]

    def _learnt_or_zero(self) -> State:
        names = self._layer.recurrence.state_names
        if self._layer.learn_initial_state:
            learnt = (getattr(self._layer, f"initial_{name}") for name in names)
            return tuple(part.unsqueeze(1).expand(-1, self.layout.batch, -1) for part in learnt)
        return tuple(self.rows.new_zeros(size) for size in self._sizes())

    def _sorted(self, parts: State) -> State:
        if self._one:
            parts = tuple(part.unsqueeze(1) for part in parts)
        for index, (part, size) in enumerate(zip(parts, self._sizes(), strict=True)):
            if part.shape != size:
                which = "hidden" if len(parts) == 1 else f"hidden[{index}]"
                raise RuntimeError(f"Expected {which} size {size}, got {list(part.shape)}")
        return tuple(self.layout.sort(part) for part in parts)
