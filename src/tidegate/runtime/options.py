"""The options of a recurrent layer as `tidegate.nn` names them, and the weights they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from tidegate.errors import ConfigurationError
from tidegate.runtime.steps import GRU, LSTM, RNN, MinGRU, MinLSTM, Shapes, Step, Weights

_STEPS: dict[str, type[Step]] = {"rnn": RNN, "gru": GRU, "lstm": LSTM, "mingru": MinGRU, "minlstm": MinLSTM}

# These mean something in training, or for the layout of torch's tensors, and nothing here.
_WITHOUT_EFFECT = {"dropout", "recurrent_dropout", "batch_first"}


@dataclass(frozen=True)
class Stack:
    """What layers of any recurrence have; see `tidegate.nn` for the meaning."""

    input_size: int
    hidden_size: int
    num_layers: int = 1
    bias: bool = True
    bidirectional: bool = False
    merge: str = "concat"
    residual: bool = False
    zoneout: float = 0.0
    learn_initial_state: bool = False

    def __post_init__(self) -> None:
        for name in ("input_size", "hidden_size", "num_layers"):
            if getattr(self, name) < 1:
                raise ConfigurationError(f"{name}={getattr(self, name)}: there must be one or more")
        if not 0 <= self.zoneout < 1:
            raise ConfigurationError(f"zoneout={self.zoneout} must be a share: 0 or more and less than 1")
        if self.merge not in ("concat", "sum", "mean"):
            raise ConfigurationError(f"merge={self.merge!r} is not known: choose 'concat', 'sum' or 'mean'")

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def places(self) -> Iterator[tuple[int, str]]:
        """Each layer in each direction, in the order of the state: its number and the end of its weights' names."""
        for layer in range(self.num_layers):
            for direction in ("", "_reverse")[: self.directions]:
                yield layer, f"_l{layer}{direction}"


def parsed(cell: str, options: Mapping[str, Any]) -> tuple[Step, Stack]:
    """The step and the stack from the constructor arguments of a layer of `tidegate.nn`.

    Raises ConfigurationError for an unknown cell, an unknown or missing option, or an impossible value.
    """
    if cell not in _STEPS:
        raise ConfigurationError(f"cell {cell!r} is not known: choose from {', '.join(_STEPS)}")
    own = {field.name for field in fields(_STEPS[cell])}
    shared = {field.name for field in fields(Stack)}
    if unknown := sorted(options.keys() - own - shared - _WITHOUT_EFFECT):
        raise ConfigurationError(f"{unknown[0]} is not an option of the cell {cell!r}")
    if missing := sorted({"input_size", "hidden_size"} - options.keys()):
        raise ConfigurationError(f"{missing[0]} is missing from the options")
    step = _STEPS[cell](**{name: value for name, value in options.items() if name in own})
    return step, Stack(**{name: value for name, value in options.items() if name in shared})


def checked_weights(step: Step, stack: Stack, weights: Mapping[str, Any]) -> Weights:
    """Copies of the weights as arrays of one floating-point type; ConfigurationError names the first that is wrong."""
    expected = expected_shapes(step, stack)
    if missing := [name for name in expected if name not in weights]:
        raise ConfigurationError(f"the weights lack {missing[0]}, which these options ask for")
    if unexpected := [name for name in weights if name not in expected]:
        raise ConfigurationError(f"the weights hold {unexpected[0]}, which these options have no place for")
    arrays = {name: np.array(weights[name]) for name in expected}
    for name, shape in expected.items():
        if arrays[name].shape != shape:
            raise ConfigurationError(f"{name} has shape {list(arrays[name].shape)}, expected {list(shape)}")
    if len({array.dtype for array in arrays.values()}) > 1 or arrays["weight_ih_l0"].dtype.kind != "f":
        raise ConfigurationError("the weights must all have one floating-point type")
    return arrays


def expected_shapes(step: Step, stack: Stack) -> Shapes:
    """The name and shape of every weight, as in the state dict of the layer in `tidegate.nn`."""
    widths = step.widths(stack.hidden_size)
    above = widths[0] * (stack.directions if stack.merge == "concat" else 1)
    shapes: Shapes = {}
    for layer, end in stack.places():
        of_layer = step.shapes(above if layer else stack.input_size, stack.hidden_size, stack.bias)
        shapes |= {f"{name}{end}": shape for name, shape in of_layer.items()}
    if stack.learn_initial_state:
        rows = stack.num_layers * stack.directions
        shapes |= {f"initial_{name}": (rows, width) for name, width in zip(step.state_names, widths, strict=True)}
    return shapes
