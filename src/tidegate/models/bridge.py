"""From an encoder's final state to a decoder's initial one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tidegate.models.encoder import State


class Bridge(nn.Module):
    """h₀ = tanh(W [h→; h←] + b), layer by layer (Bahdanau et al. 2015, appendix A.2.2); an LSTM's cell has no tanh.

    Takes the state of an `Encoder` of `layers` layers with `directions` each, in any of its forms, and gives that of
    the same layers in one direction: [L, B, H], for an LSTM a pair of them.
    """

    def __init__(self, layers: int, directions: int, hidden_size: int, *, pair: bool) -> None:
        super().__init__()
        self.directions = directions
        sizes = [(directions * hidden_size, hidden_size)] * layers
        self.hidden = nn.ModuleList(nn.Linear(*size) for size in sizes)
        self.cell = nn.ModuleList(nn.Linear(*size) for size in sizes) if pair else None

    def forward(self, final: State) -> State:
        if isinstance(final, list):  # one state for each layer, where batch norm stands between them
            pairs = isinstance(final[0], tuple)
            final = tuple(map(torch.cat, zip(*final, strict=True))) if pairs else torch.cat(final)
        if self.cell is None:
            return torch.tanh(self._mapped(self.hidden, final))
        return torch.tanh(self._mapped(self.hidden, final[0])), self._mapped(self.cell, final[1])

    def _mapped(self, maps: nn.ModuleList, state: Tensor) -> Tensor:
        """[L·D, B, H] → [L, B, H], the directions of a layer side by side."""
        layers = state.view(-1, self.directions, *state.shape[1:]).transpose(1, 2).flatten(2)
        return torch.stack([one(layer) for one, layer in zip(maps, layers, strict=True)])
