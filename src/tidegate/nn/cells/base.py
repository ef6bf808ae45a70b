"""What every recurrence has in common: its step, apart from any weights, and the cell that owns one set of them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import linear
from typing_extensions import override

State = tuple[Tensor, ...]
"""What is carried from step to step, each [B, width]: (h,) or, for the LSTM, (h, c)."""

Gates = dict[str, Tensor]
"""What a step decided, by name, each [B, H]."""

Weights = Mapping[str, Tensor]
"""One cell's parameters by torch's names without the layer's suffix: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`…"""


@dataclass(frozen=True)
class Recurrence(ABC):
    """One step of a recurrence as a pure function of explicit weights, shared by the cell module and the layer."""

    gate_count: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    @abstractmethod
    def step(self, projected: Tensor, state: State, seen: Tensor, weights: Weights) -> tuple[State, Gates]:
        """Carry the state over one step.

        Args:
            projected: [B, G·H], what `project` made of this step's input.
            state: the state before the step.
            seen: [B, width of h], h as the recurrent product sees it: h itself, or h under recurrent dropout.
            weights: the cell's parameters.

        Returns:
            The state after the step and its gates.
        """

    def project(self, x: Tensor, weights: Weights) -> Tensor:
        """The part of the gates that does not depend on the state: x [..., F] → [..., G·H], for all steps at once."""
        return linear(x, weights["weight_ih"], weights.get("bias_ih"))

    def shapes(self, input_size: int, hidden_size: int, bias: bool) -> dict[str, tuple[int, ...]]:
        """Names and shapes of torch's own parameters, in torch's order of registration."""
        rows = self.gate_count * hidden_size
        shapes: dict[str, tuple[int, ...]] = {
            "weight_ih": (rows, input_size),
            "weight_hh": (rows, self.state_sizes(hidden_size)[0]),
        }
        return shapes | ({"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {})

    def extra_shapes(self, hidden_size: int, bias: bool) -> dict[str, tuple[int, ...]]:  # noqa: ARG002 - for overriding
        """Names and shapes of the parameters that torch's layer does not have; biases among them only with `bias`."""
        return {}

    def state_sizes(self, hidden_size: int) -> tuple[int, ...]:
        """The width of each tensor of the state; the first is what the layer puts out."""
        return (hidden_size,) * len(self.state_names)

    def changed_options(self) -> str:
        """The options that are not as usual, for a module's repr."""
        changed = {field.name: value for field in fields(self) if (value := getattr(self, field.name)) != field.default}
        return "".join(f", {name}={value}" for name, value in changed.items())

    @property
    def fused_operator(self) -> str | None:
        """Name of torch's fused operator for exactly this equation, if there is one."""
        return None


class InputGated(Recurrence, ABC):
    """A recurrence whose gates and candidate see the input alone: no recurrent product and so no recurrent weights."""

    @override
    def shapes(self, input_size: int, hidden_size: int, bias: bool) -> dict[str, tuple[int, ...]]:
        shapes = super().shapes(input_size, hidden_size, bias)
        return {name: shape for name, shape in shapes.items() if name.endswith("ih")}


def pair(state: Any) -> State:
    """The LSTM's state (h, c) as given. Raises TypeError for a tensor, RuntimeError for another number of parts."""
    if isinstance(state, Tensor):
        raise TypeError("the state must be a pair of tensors (h, c), not one tensor")
    if len(state) != 2:
        raise RuntimeError(f"the state must be a pair of tensors (h, c), got {len(state)}")
    return state[0], state[1]


class Cell(nn.Module):
    """One step of a recurrence with its own weights: a drop-in for torch's cell modules.

    Shapes: x [B, F] or [F], state [B, H] or [H] (a pair for the LSTM), zeros if left out → the next state, alike.

    Raises:
        ValueError: x or the state has neither one nor two dimensions.
        RuntimeError: F, H or B does not agree with the weights or with each other, or the state is batched and x is
            not, or the other way round, or the state is not a pair where it should be.
        TypeError: the state is one tensor where it should be a pair.
    """

    def __init__(
        self,
        recurrence: Recurrence,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.recurrence = recurrence
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        shapes = recurrence.shapes(input_size, hidden_size, bias=True)
        self._names = tuple(shapes)
        for name, shape in shapes.items():
            absent = name.startswith("bias") and not bias
            parameter = None if absent else nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
            self.register_parameter(name, parameter)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters from U(−1/√H, 1/√H), as torch does."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0.0
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        self._check_dimensions(input, hx)
        batched = input.dim() == 2
        x = input if batched else input.unsqueeze(0)
        state = self._initial(x) if hx is None else self._as_tuple(hx)
        if hx is not None and not batched:
            state = tuple(part.unsqueeze(0) for part in state)
        self._check_sizes(x, state)
        weights = {name: weight for name in self._names if (weight := getattr(self, name)) is not None}
        state, _ = self.recurrence.step(self.recurrence.project(x, weights), state, state[0], weights)
        state = state if batched else tuple(part.squeeze(0) for part in state)
        return state if len(state) > 1 else state[0]

    def _as_tuple(self, hx: Any) -> State:
        return (hx,) if len(self.recurrence.state_names) == 1 else pair(hx)

    def _initial(self, x: Tensor) -> State:
        return tuple(x.new_zeros(len(x), size) for size in self.recurrence.state_sizes(self.hidden_size))

    def _check_dimensions(self, x: Tensor, hx: Any) -> None:
        kind = type(self).__name__
        if x.dim() not in (1, 2):
            raise ValueError(f"{kind}: Expected input to be 1D or 2D, got {x.dim()}D instead")
        for index, part in enumerate(() if hx is None else self._as_tuple(hx)):
            name = "hidden" if len(self.recurrence.state_names) == 1 else f"hx[{index}]"
            if part.dim() not in (1, 2):
                raise ValueError(f"{kind}: Expected {name} to be 1D or 2D, got {part.dim()}D instead")
            if part.dim() != x.dim():
                raise RuntimeError(f"{kind}: For {x.dim()}D input, {name} should also be {x.dim()}D, got {part.dim()}D")

    def _check_sizes(self, x: Tensor, state: State) -> None:
        if x.size(1) != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {x.size(1)} expected {self.input_size}")
        for index, part in enumerate(state):
            if part.size(0) != x.size(0):
                raise RuntimeError(
                    f"Input batch size {x.size(0)} doesn't match hidden{index} batch size {part.size(0)}"
                )
            if part.size(-1) != self.hidden_size:
                raise RuntimeError(
                    f"hidden{index} has inconsistent hidden_size: got {part.size(-1)}, expected {self.hidden_size}"
                )

    def extra_repr(self) -> str:
        bias = "" if self.bias is True else f", bias={self.bias}"
        return f"{self.input_size}, {self.hidden_size}{bias}{self.recurrence.changed_options()}"
