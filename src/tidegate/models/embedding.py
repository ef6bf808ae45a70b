"""Numbered tokens as vectors that are learnt."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tidegate.data.vocabulary import PADDING, UNKNOWN
from tidegate.models.dropout import SequenceDropout


class TokenEmbedding(nn.Module):
    """Vectors `[B, T, size]` of tokens `[B, T]` (int64, padding 0, unknown 1).

    The vector of padding begins as zero and learns nothing here; as the weights of a softmax tied to it, it does.

    In training only:
    dropout: share of the vector's places that are zero throughout a sequence, the same for all of its tokens
        (Gal & Ghahramani 2016, arXiv:1512.05287); the encoder's own `input_dropout` draws anew for each token.
    word_dropout: share of tokens read as unknown (Iyyer et al. 2015), which teaches what to do with one; the first
        `specials` numbers of the vocabulary are never.
    """

    def __init__(
        self, count: int, size: int, *, dropout: float = 0.0, word_dropout: float = 0.0, specials: int = 2
    ) -> None:
        super().__init__()
        self.table = nn.Embedding(count, size, padding_idx=PADDING)
        self.dropout, self.word_dropout, self.specials = SequenceDropout(dropout), word_dropout, specials

    def forward(self, tokens: Tensor) -> Tensor:
        vectors: Tensor = self.dropout(self.table(self._with_unknown(tokens)))
        return vectors

    def extra_repr(self) -> str:
        return f"word_dropout={self.word_dropout}, specials={self.specials}"

    def _with_unknown(self, tokens: Tensor) -> Tensor:
        if not (self.training and self.word_dropout):
            return tokens
        hidden = (torch.rand(tokens.shape, device=tokens.device) < self.word_dropout) & (tokens >= self.specials)
        return tokens.masked_fill(hidden, UNKNOWN)
