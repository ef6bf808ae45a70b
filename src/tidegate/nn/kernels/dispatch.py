"""The one place that chooses how a call is carried over time.

Paths stand in order of preference. Each says what keeps it from a call, and the first that nothing keeps runs; `walk`
can do everything. Set the environment variable TIDEGATE_PATH, or use `force_path`, to insist on one: a call that it
cannot do is then an error.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, get_num_threads, is_grad_enabled
from torch.compiler import is_compiling
from torch.nn.utils.rnn import PackedSequence

from tidegate.errors import ConfigurationError
from tidegate.nn.call import Call, Lengths
from tidegate.nn.cells.base import State
from tidegate.nn.kernels.carrying import carry_native, obstacle
from tidegate.nn.kernels.fused import carry_fused
from tidegate.nn.kernels.straight import READY, run_differentiably
from tidegate.nn.kernels.surroundings import (
    has_tangents,
    innermost_transform,
    is_autocast_enabled,
    is_mapped,
    transform_obstacle,
)
from tidegate.nn.kernels.walking import carry_walking
from tidegate.nn.layout import Layout
from tidegate.nn.stack import Carry, run_stack

if TYPE_CHECKING:
    from tidegate.nn.layer import RecurrentLayer
if READY:
    from tidegate import _native

_log = logging.getLogger("tidegate.nn")
_MOSTLY_TRUE = 0.8
"""With four fifths of true steps two layers of both directions take as long either way; memory grows with the rows."""
# One for the process and not a ContextVar, which torch.compile cannot trace.
_forced: list[str] = []


class Choice(NamedTuple):
    """Which path carries a call, and why not a faster one."""

    path: str
    reason: str


class Path(NamedTuple):
    """A way to carry a layer, and what keeps it from a call (None: nothing does)."""

    carry: Carry
    obstacle: Callable[[RecurrentLayer, Layout], str | None]


def _fused_obstacle(layer: RecurrentLayer, layout: Layout) -> str | None:
    if layer.recurrence.fused_operator is None:
        return f"torch has no fused operator for {type(layer).__name__}{layer.recurrence.changed_options()}"
    if layer.zoneout:
        return f"zoneout={layer.zoneout}"
    if layer.recurrent_dropout and layer.training:
        return f"recurrent_dropout={layer.recurrent_dropout} in training"
    if layout.steps == 0 or layout.batch == 0 or (layout.ragged is not None and layout.ragged[0] == 0):
        return "there is no step to run"
    if is_compiling():
        return None
    if is_mapped():
        return "torch's fused operators have no batching rule for vmap"
    # Packed ones read memory that a transform does not show, and not all have forward-mode derivatives.
    return transform_obstacle() if layout.ragged is not None or has_tangents() else None


PATHS: dict[str, Path] = {
    "native": Path(carry_native, lambda layer, _layout: obstacle(layer)),
    "torch": Path(carry_fused, _fused_obstacle),
    "walk": Path(carry_walking, lambda _layer, _layout: None),
}


@contextmanager
def force_path(name: str) -> Iterator[None]:
    """Insist on one path ("native", "torch" or "walk") within a `with` block, in the whole process."""
    _forced.append(_known(name, "force_path"))
    try:
        yield
    finally:
        _forced.pop()


def explain(layer: RecurrentLayer, x: Tensor | PackedSequence, *, lengths: Lengths | None = None) -> Choice:
    """Which path a call with these arguments takes, and why, without running it."""
    return choose(layer, Call(layer, x, lengths=lengths).layout)


def choose(layer: RecurrentLayer, layout: Layout) -> Choice:
    """The forced path, or the first one that nothing keeps from this call."""
    forced = _chosen_outside()
    if forced:
        return _insist(_known(forced, "TIDEGATE_PATH"), layer, layout)
    obstacles: list[str] = []
    for name, path in PATHS.items():
        obstacle = path.obstacle(layer, layout)
        if obstacle is None:
            return Choice(name, "; ".join(obstacles) or "nothing keeps it from the fastest path")
        obstacles.append(f"not {name}: {obstacle}")
    raise AssertionError("the walk has no obstacles")


def padded_from(layer: RecurrentLayer) -> float:
    """The least share of true steps from which a ragged batch stays padded.

    The engine skips the padding of its input, other paths need it taken out. Between layers and directions all rows
    count, padding too, so that there it pays only if it is rare; a traced call has to stay whole.
    """
    if _chosen_outside() not in (None, "native") or obstacle(layer) is not None:
        return math.inf
    return 0.0 if is_compiling() or (layer.num_layers == 1 and not layer.bidirectional) else _MOSTLY_TRUE


def run_straight(layer: RecurrentLayer, x: Any, state: Any, lengths: Any = None) -> tuple[Any, Any] | None:
    """The outputs and final state of a call that the engine can take as it stands; None for all others.

    Where somebody insists on a path, reads which one was taken, or watches torch's operators, the long way knows what
    to do. A short call is over in microseconds, so all this is asked here and at once.
    """
    kind = layer._kind
    if (
        is_compiling()
        or kind is None
        or not READY
        or _forced
        or layer.num_layers != 1
        or layer.bidirectional
        or layer.zoneout
        or layer.learn_initial_state
        or (layer.recurrent_dropout and layer.training)
        or is_autocast_enabled()
        or innermost_transform() is not None
        or has_tangents()
        or _log.isEnabledFor(logging.DEBUG)
    ):
        return None
    if is_grad_enabled():
        return run_differentiably(kind, layer.batch_first, layer._parameters, x, state, lengths)
    return _native.plain_forward(kind, layer.batch_first, get_num_threads(), layer._parameters, x, state, lengths)


def run(layer: RecurrentLayer, rows: Tensor, layout: Layout, initial: State) -> tuple[Tensor, State]:
    """Carry all layers by the chosen path."""
    choice = choose(layer, layout)
    if not is_compiling():
        _log.debug("%s takes the path %s (%s)", type(layer).__name__, choice.path, choice.reason)
    return run_stack(layer, rows, layout, initial, PATHS[choice.path].carry)


def _chosen_outside() -> str | None:
    return (_forced[-1] if _forced else os.environ.get("TIDEGATE_PATH")) or None


def _insist(name: str, layer: RecurrentLayer, layout: Layout) -> Choice:
    obstacle = PATHS[name].obstacle(layer, layout)
    if obstacle is not None:
        raise ConfigurationError(f"the path {name!r} is insisted on but cannot carry this call: {obstacle}")
    return Choice(name, "insisted on")


def _known(name: str, source: str) -> str:
    if name not in PATHS:
        raise ConfigurationError(f"{source}: no path is called {name!r}; there are {', '.join(map(repr, PATHS))}")
    return name
