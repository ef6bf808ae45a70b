"""The short way for the commonest call: one plain layer, one direction, a dense batch, on the engine.

It takes x by its strides, so `batch_first` copies nothing, and skips what only stacks, directions and ragged batches
need, which costs more than a short walk. Whatever is unusual, errors among it, is left to the long way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from tidegate.nn.kernels import native
from tidegate.nn.kernels.carrying import kind_of
from tidegate.nn.kernels.native import Inputs, Options

if TYPE_CHECKING:
    from tidegate.nn.layer import RecurrentLayer


def carry_straight(layer: RecurrentLayer, x: Any, state: Any) -> tuple[Tensor, Any] | None:
    """What the layer's `forward` returns, or None where this way does not lead."""
    if (
        not native.AVAILABLE
        or type(x) is not Tensor
        or x.dim() != 3
        or layer.num_layers != 1
        or layer.bidirectional
        or _disturbed(layer)
    ):
        return None
    kind = kind_of(layer.recurrence)
    parameters = layer._parameters
    weight, recurrent = parameters["weight_ih_l0"], parameters.get("weight_hh_l0")
    if kind is None or weight is None or recurrent is None or _elsewhere(x, weight):
        return None
    parts = () if state is None else state if isinstance(state, tuple) else (state,)
    batch = x.size(0 if layer.batch_first else 1)
    widths = (recurrent.size(1), layer.hidden_size)[: len(layer.recurrence.state_names)]
    if parts and not _fit(parts, [(1, batch, width) for width in widths], x):
        return None
    inputs = Inputs(
        x,
        weight,
        recurrent,
        parameters.get("bias_ih_l0"),
        parameters.get("bias_hh_l0"),
        parameters.get("weight_hr_l0"),
        parameters.get("peephole_l0"),
        *(part[0] for part in parts),
    )
    found = native.run(Options(kind, False, layer.batch_first), inputs)
    final = found.state.unsqueeze(0)
    return found.y, final if found.cell is None else (final, found.cell.unsqueeze(0))


def _disturbed(layer: RecurrentLayer) -> bool:
    dropped = layer.recurrent_dropout and layer.training
    return bool(layer.zoneout or dropped or layer.learn_initial_state)


def _elsewhere(x: Tensor, weight: Tensor) -> bool:
    """Whether x is not what the engine takes, or something watches torch's operators."""
    return (
        x.dtype != weight.dtype
        or x.dtype not in native.DTYPES
        or not (x.is_cpu and weight.is_cpu)
        or x.size(2) != weight.size(1)
        or torch.is_autocast_enabled("cpu")
        or torch.compiler.is_compiling()
        or torch._C._functorch.peek_interpreter_stack() is not None
    )


def _fit(parts: tuple[Any, ...], shapes: list[tuple[int, ...]], x: Tensor) -> bool:
    return len(parts) == len(shapes) and all(
        type(part) is Tensor and part.shape == shape and part.dtype == x.dtype and part.is_cpu
        for part, shape in zip(parts, shapes, strict=True)
    )
