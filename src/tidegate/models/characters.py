"""Words as they are spelt: a recurrent network reads the characters of each from both ends."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from tidegate.models.embedding import TokenEmbedding
from tidegate.models.encoder import CellName, Encoder, EncoderOptions


class Spellings(NamedTuple):
    """The W distinct words of a batch: characters [W, C], how many are true [W], and which word stands where [B, T]."""

    characters: Tensor
    sizes: Tensor
    places: Tensor


class CharacterEncoder(nn.Module):
    """Vectors [B, T, 2·hidden] of words: the final states of both directions (Ling et al. 2015, arXiv:1508.02096).

    Each distinct word of a batch is read once, however often it stands there.
    """

    def __init__(self, count: int, size: int, hidden: int, cell: CellName = "gru") -> None:
        super().__init__()
        self.embedding = TokenEmbedding(count, size)
        self.encoder = Encoder(size, EncoderOptions(cell=cell, hidden_size=hidden, bidirectional=True))
        self.output_size = 2 * hidden

    def forward(self, spellings: Spellings) -> Tensor:
        _, state = self.encoder(self.embedding(spellings.characters), None, spellings.sizes)
        hidden: Tensor = state[0] if isinstance(state, tuple) else state
        words = hidden.transpose(0, 1).flatten(1)
        return torch.nn.functional.embedding(spellings.places, words)
