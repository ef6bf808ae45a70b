"""The minimal gated recurrent unit: gate and candidate see the input alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from typing_extensions import override

from tidegate.nn.cells.base import Cell, Gates, InputGated, State, Weights


@dataclass(frozen=True)
class MinGRURecurrence(InputGated):
    """The step of `MinGRUCell`."""

    gate_count: ClassVar[int] = 2

    @override
    def step(self, projected: Tensor, state: State, seen: Tensor, weights: Weights) -> tuple[State, Gates]:
        (h,) = state
        pre_update, candidate = projected.chunk(2, dim=-1)
        update = torch.sigmoid(pre_update)
        return ((1 - update) * h + update * candidate,), {"update": update, "candidate": candidate}


class MinGRUCell(Cell):
    """One step of minGRU in its sequential form (Feng et al., 2024, "Were RNNs All We Needed?", arXiv:2410.01201).

        z  = σ(W_z x + b_z)              update     share of the state that is overwritten
        n  = W_n x + b_n                 candidate  no squashing: the state is a running mean of linear maps
        h' = (1 − z) ⊙ h + z ⊙ n

    Shapes: x [B, F], h [B, H] → h' [B, H]; `weight_ih` [2·H, F] and `bias_ih` [2·H], rows z, n.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(MinGRURecurrence(), input_size, hidden_size, bias, device, dtype)
