"""The outputs of all steps of a sequence as one vector; padding is never read."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from tidegate.models.encoder import State

PoolingName = Literal["last", "mean", "max", "attention"]


class Pooling(nn.Module):
    """Outputs `[B, T, D]` and the encoder's final state → `[B, width]`, by the true steps alone (lengths [B]).

    "last": the top layer's own final state, of both directions where there are two, each at its end of the sequence;
    "mean" and "max" of each place over the steps; "attention": a mean weighted by what is learnt to matter, softmax of
    v·tanh(W h + b) over the steps (Yang et al. 2016, doi:10.18653/v1/N16-1174).
    """

    def __init__(self, kind: PoolingName, size: int, state_size: int) -> None:
        super().__init__()
        self.kind = kind
        self.width = state_size if kind == "last" else size
        if kind == "attention":
            self.scorer = nn.Sequential(nn.Linear(size, size), nn.Tanh(), nn.Linear(size, 1, bias=False))

    def forward(self, outputs: Tensor, final: State, lengths: Tensor) -> Tensor:
        if self.kind == "last":
            return top_state(final, self.width // _hidden(final))
        padding = (torch.arange(outputs.shape[1], device=outputs.device) >= lengths.unsqueeze(1)).unsqueeze(-1)
        match self.kind:
            case "mean":
                return outputs.masked_fill(padding, 0.0).sum(1) / lengths.unsqueeze(1)
            case "max":
                return outputs.masked_fill(padding, -torch.inf).amax(1)
        shares: Tensor = self.scorer(outputs).masked_fill(padding, -torch.inf).softmax(1)
        return (shares * outputs.masked_fill(padding, 0.0)).sum(1)

    def extra_repr(self) -> str:
        return self.kind


def top_state(final: State, directions: int) -> Tensor:
    """The state `[B, directions · H]` of the last layer: for an LSTM its output, not its cell."""
    hidden = _hidden_state(final)[-directions:]
    return hidden.transpose(0, 1).flatten(1)


def _hidden(final: State) -> int:
    return _hidden_state(final).shape[-1]


def _hidden_state(final: State) -> Tensor:
    """[L · D, B, H]; with batch norm between the layers there is a state for each, the last of them the top one."""
    top = final[-1] if isinstance(final, list) else final
    hidden: Tensor = top[0] if isinstance(top, tuple) else top
    return hidden
