"""A recurrence carried over time: written once for all cells, the slow truth that every fast path is tested against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import dropout

from tidegate.nn.cells.base import Gates, Recurrence, State, Weights

Step = Callable[[Tensor, State], State]
"""From the projected input of the active rows [b, G·H] and their state to their next state."""


class Regularisation(NamedTuple):
    """What disturbs the state on its way, as probabilities.

    recurrent_dropout: share of h hidden from the recurrent product, one mask per sequence and the same at each step
        (Gal & Ghahramani, 2016, arXiv:1512.05287); nothing outside training.
    zoneout: share of the state that keeps its old value, drawn anew at each step (Krueger et al., 2017,
        arXiv:1606.01305); outside training the expectation takes the place of the draw.
    """

    recurrent_dropout: float = 0.0
    zoneout: float = 0.0
    training: bool = False


def walk(step: Step, projected: Sequence[Tensor], initial: State, *, reverse: bool = False) -> tuple[Tensor, State]:
    """Carry a step over time.

    Args:
        step: one step of a recurrence, its weights bound.
        projected: one tensor [b_t, G·H] per step, b_t never growing with t: the sequences that still run at step t are
            the first b_t, so there is no padding that could be read.
        initial: the state of all B ≥ b_0 sequences before the walk, each [B, width].
        reverse: walk from the last step to the first; a sequence then joins at its own last step.

    Returns:
        The outputs of all steps in the order of time, one below the other [Σ b_t, width], and the state after each
        sequence's own last step; a sequence without steps keeps its initial state.
    """
    state, batch = initial, initial[0].size(0)
    outputs: list[Tensor] = []
    for rows in reversed(projected) if reverse else projected:
        count = rows.size(0)
        if count == batch:
            state = active = step(rows, state)
        else:
            active = step(rows, tuple(part[:count] for part in state))
            state = tuple(torch.cat((new, old[count:])) for new, old in zip(active, state, strict=True))
        outputs.append(active[0])
    if not outputs:
        return initial[0][:0], initial
    return torch.cat(outputs[::-1] if reverse else outputs), state


def bind(
    recurrence: Recurrence,
    weights: Weights,
    initial: State,
    regularisation: Regularisation,
    trace: list[Gates] | None = None,
) -> Step:
    """The step of a recurrence with its weights, its regularisation and, if wanted, a list that its gates go to."""
    mask = _dropout_mask(initial[0], regularisation)

    def step(projected: Tensor, state: State) -> State:
        h = state[0]
        seen = h if mask is None else h * mask[: h.size(0)]
        new, gates = recurrence.step(projected, state, seen, weights)
        if regularisation.zoneout:
            new = tuple(zone_out(n, old, regularisation) for n, old in zip(new, state, strict=True))
        if trace is not None:
            names = ("hidden", "cell")
            trace.append(gates | dict(zip(names, new, strict=False)))
        return new

    return step


def zone_out(new: Tensor, old: Tensor, regularisation: Regularisation) -> Tensor:
    """Mix the old state into the new one: by a draw per unit in training, by its expectation otherwise."""
    if not regularisation.training:
        return new + regularisation.zoneout * (old - new)  # torch.lerp takes no mixed dtypes, as autocast makes them
    kept = torch.rand_like(new) < regularisation.zoneout
    return torch.where(kept, old, new)


def _dropout_mask(h: Tensor, regularisation: Regularisation) -> Tensor | None:
    if not (regularisation.recurrent_dropout and regularisation.training):
        return None
    return dropout(torch.ones_like(h), regularisation.recurrent_dropout)
