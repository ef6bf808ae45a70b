"""How far the gates open while one example is read, and what a classifier attends to in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tidegate.nn.layer import RecurrentLayer
from tidegate.report.gates import lines, strips
from tidegate.report.svg import Chart, Drawn
from tidegate.report.task_facts import Section

Array = NDArray[np.float64]

GATES = {
    "update": "the share of the state that a step writes anew",
    "reset": "how much of the past the candidate sees",
    "input": "how much of the candidate is written",
    "forget": "how much of the cell is kept",
    "output": "how much of the cell is shown",
}
MOST_STEPS = 400  # beyond them a step is less than two pixels wide


def gate_sections(encoder: nn.Module, read: Callable[[], object], names: Sequence[str], example: str) -> list[Section]:
    """The gates of the encoder's first layer, forward, while `read` has it read examples, of them the first; none of a
    plain RNN.

    names: of the steps, if they have some. example: which it is, in words.
    """
    opened = _gates(encoder, read)
    if not opened:
        return []
    meanings = "; ".join(f"{name}: {GATES[name]}" for name in opened)
    words = (
        f"How far the gates of the first layer open at each step of {example}, the mean over its units, from 0 (shut) "
        f"to 1. {meanings[0].upper()}{meanings[1:]}. The layer's trace(x) tells the same of every unit."
    )
    return [Section("Gates", words, charts=[by_step("Gates", opened, names)])]


def by_step(title: str, rows: dict[str, Array], names: Sequence[str]) -> Chart | Drawn:
    """As strips where the steps have names, else as lines."""
    steps = len(next(iter(rows.values())))
    return strips(title, rows, names[:steps]) if names else lines(title, rows)


def attended(pooling: Any, read: Callable[[], object]) -> Array:
    """The share of attention that pooling gives each step [T] of the example that `read` has the network read."""
    scores: list[torch.Tensor] = []
    hook = pooling.scorer.register_forward_hook(lambda *call: scores.append(call[-1]))
    try:
        read()
    finally:
        hook.remove()
    return scores[0][0, :, 0].double().softmax(0).numpy()


def _gates(encoder: nn.Module, read: Callable[[], object]) -> dict[str, Array]:
    """Means over the units [T] by name."""
    layer = next(module for module in encoder.modules() if isinstance(module, RecurrentLayer))
    given: list[torch.Tensor] = []

    def keep(_: nn.Module, inputs: Any, named: Any) -> None:
        lengths = named.get("lengths")
        true = MOST_STEPS if lengths is None else min(int(lengths[0]), MOST_STEPS)
        given.append(inputs[0][:1, :true])

    hook = layer.register_forward_pre_hook(keep, with_kwargs=True)
    with torch.no_grad():
        try:
            read()
        finally:
            hook.remove()
        trace = layer.trace(given[0])[0]
    return {name: trace[name][0].mean(-1).double().numpy() for name in GATES if name in trace}
