"""Truncated back-propagation through time (Williams & Peng, 1990, doi:10.1162/neco.1990.2.4.490).

A long sequence is walked in segments. The state goes from one to the next as a value only: gradients stay within a
segment, so memory and time of the backward pass are those of one segment, however long the sequence is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar, cast

from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from tidegate.errors import ConfigurationError

State = TypeVar("State")


class Segment(NamedTuple, Generic[State]):
    """The layer's output over `steps`, a slice of the time axis, and the state after it, already detached."""

    output: Tensor
    state: State
    steps: slice


def segments(
    layer: Callable[[Tensor, State | None], tuple[Tensor, State]],
    inputs: Tensor,
    *,
    length: int,
    state: State | None = None,
) -> Iterator[Segment[State]]:
    """Runs `layer` over a batch of long sequences, `length` steps at a time, carrying and detaching the state itself.

        state = None
        for inputs, targets in batches:
            for segment in segments(layer, inputs, length=35, state=state):
                loss = criterion(segment.output, targets[:, segment.steps])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            state = segment.state  # where the next batch continues these sequences

    `layer` is any module or function with `(inputs, state) → (output, state)`, such as `GRU` or `LSTM`; a state is a
    tensor or tuples, lists and dicts of tensors. A segment is computed when the loop asks for it, so each one sees the
    weights that the last optimiser step left. The last segment may be shorter; a sequence of zero steps has none.

    Shapes: inputs [B, T, …]; of a layer with an attribute `batch_first`, [T, B, …] where that is False, and [T, F] for
    one sequence. `state`, the first one, is not detached: a learned initial state gets the gradient of the first
    segment.

    Raises ConfigurationError if `length` is not positive, the inputs are packed or the layer is bidirectional: it reads
    to the end first.
    """
    if length < 1:
        raise ConfigurationError(f"length={length}: a segment has one step or more")
    if isinstance(inputs, PackedSequence):
        raise ConfigurationError("a PackedSequence has no time axis to cut: give the padded tensor to segments")
    if getattr(layer, "bidirectional", False):
        raise ConfigurationError("a bidirectional layer starts at the end of the whole sequence: no segments")
    return _walk(layer, inputs, length, state)


def _walk(
    layer: Callable[[Tensor, State | None], tuple[Tensor, State]], inputs: Tensor, length: int, state: State | None
) -> Iterator[Segment[State]]:
    time = _time_axis(layer, inputs)
    for start in range(0, inputs.shape[time], length):
        steps = slice(start, min(start + length, inputs.shape[time]))
        output, last = layer(inputs.narrow(time, start, steps.stop - start), state)
        state = detached(last)
        yield Segment(output, state, steps)


def _time_axis(layer: object, inputs: Tensor) -> int:
    """A plain function has no `batch_first`, and its inputs [B, T] may well be words."""
    if not hasattr(layer, "batch_first"):
        return 1
    return 1 if layer.batch_first and inputs.dim() > 2 else 0


def detached(state: State) -> State:
    """The same values cut off from the graph: a tensor, or tuples, lists and dicts of what this function takes.

    Raises ConfigurationError for anything else, which could carry a graph along unseen.
    """
    return cast(State, _detached(state))


def _detached(state: Any) -> Any:
    if isinstance(state, Tensor):
        return state.detach()
    if isinstance(state, dict):
        return {key: _detached(part) for key, part in state.items()}
    if isinstance(state, list):
        return [_detached(part) for part in state]
    if isinstance(state, tuple):
        parts = [_detached(part) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else tuple(parts)
    if state is None:
        return None
    raise ConfigurationError(
        f"a state of type {type(state).__name__} cannot be detached: use tensors, tuples, lists, dicts"
    )
