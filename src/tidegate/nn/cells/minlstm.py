"""The minimal LSTM: gates and candidate see the input alone, and the two gates share one whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid
from typing_extensions import override

from tidegate.nn.cells.base import Cell, Gates, InputGated, State, Weights


@dataclass(frozen=True)
class MinLSTMRecurrence(InputGated):
    """The step of `MinLSTMCell`."""

    gate_count: ClassVar[int] = 3

    @override
    def step(self, projected: Tensor, state: State, seen: Tensor, weights: Weights) -> tuple[State, Gates]:
        (h,) = state
        pre_input, pre_forget, candidate = projected.chunk(3, dim=-1)
        # i/(i+f) of two sigmoids, kept finite where both underflow: log σ, then a two-way softmax.
        ratio = logsigmoid(pre_input) - logsigmoid(pre_forget)
        i, f = torch.sigmoid(ratio), torch.sigmoid(-ratio)
        return (f * h + i * candidate,), {"input": i, "forget": f, "candidate": candidate}


class MinLSTMCell(Cell):
    """One step of minLSTM in its sequential form (Feng et al., 2024, "Were RNNs All We Needed?", arXiv:2410.01201).

        i  = σ(W_i x + b_i)              input
        f  = σ(W_f x + b_f)              forget
        i' = i / (i + f),  f' = f / (i + f)         what is written and what stays make one
        n  = W_n x + b_n                 candidate
        h' = f' ⊙ h + i' ⊙ n

    The gates handed out are i' and f'.

    Shapes: x [B, F], h [B, H] → h' [B, H]; `weight_ih` [3·H, F] and `bias_ih` [3·H], rows i, f, n.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(MinLSTMRecurrence(), input_size, hidden_size, bias, device, dtype)
