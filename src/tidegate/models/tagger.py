"""The network of a tagger: words, as vectors and as spelt, read from both ends; a tag for each."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn

from tidegate.models.chain import Chain, viterbi
from tidegate.models.characters import CharacterEncoder, Spellings
from tidegate.models.crf import LinearChainCRF
from tidegate.models.embedding import TokenEmbedding
from tidegate.models.encoder import Encoder, EncoderOptions


class TaggerShape(BaseModel):
    """Sizes of a tagging network.

    words, characters, tags: how many there are of each; characters=0 reads no spellings. embedding_size,
    character_size: width of their vectors; character_hidden: units of each direction that reads a spelling.
    embedding_dropout, word_dropout: see `TokenEmbedding`. decoder: tags one by one, or chosen together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: PositiveInt
    characters: NonNegativeInt
    tags: PositiveInt
    embedding_size: PositiveInt
    character_size: PositiveInt
    character_hidden: PositiveInt
    embedding_dropout: float = Field(default=0.0, ge=0, lt=1)
    word_dropout: float = Field(default=0.0, ge=0, lt=1)
    decoder: Literal["softmax", "crf"] = "softmax"


class TagBatch(NamedTuple):
    """words [B, T], spellings of the words, targets [B, T] (anything in the padding), true steps lengths [B]."""

    words: Tensor
    spellings: Spellings
    targets: Tensor
    lengths: Tensor


class TaggerNetwork(nn.Module):
    """Scores [B, T, K] of K tags for each word; with decoder "crf" a conditional random field stands on top of them.

    Word vectors ⊕ spellings → input dropout → encoder → dropout → linear (Lample et al. 2016, arXiv:1603.01360).
    """

    def __init__(self, shape: TaggerShape, options: EncoderOptions) -> None:
        super().__init__()
        self.words = TokenEmbedding(
            shape.words, shape.embedding_size, dropout=shape.embedding_dropout, word_dropout=shape.word_dropout
        )
        self.characters: CharacterEncoder | None = None
        inputs = shape.embedding_size
        if shape.characters:
            self.characters = CharacterEncoder(
                shape.characters, shape.character_size, shape.character_hidden, options.cell
            )
            inputs += self.characters.output_size
        self.encoder = Encoder(inputs, options)
        self.dropout = nn.Dropout(options.dropout)
        self.head = nn.Linear(self.encoder.output_size, shape.tags)
        self.crf = LinearChainCRF(shape.tags) if shape.decoder == "crf" else None

    def forward(self, batch: TagBatch) -> Tensor:
        """Emissions [B, T, K]: logits of each tag, or what the random field adds to its own scores."""
        vectors = self.words(batch.words)
        if self.characters is not None:
            vectors = torch.cat([vectors, self.characters(batch.spellings)], dim=-1)
        hidden, _ = self.encoder(vectors, None, batch.lengths)
        emissions: Tensor = self.head(self.dropout(hidden))
        return emissions

    def probabilities(self, emissions: Tensor, lengths: Tensor) -> Tensor:
        """The probability of each tag [B, T, K]; over all paths, if there is a random field."""
        if self.crf is None:
            return emissions.softmax(-1)
        return self.crf.marginals(emissions, lengths)

    def decode(self, emissions: Tensor, lengths: Tensor, rules: Chain | None = None) -> Tensor:
        """The best tags [B, T]; `rules` are added to the scores of a path and forbid by −inf. Padding holds no tags."""
        if self.crf is None:  # what normalises each step's logits adds the same to all paths
            return emissions.argmax(-1) if rules is None else viterbi(emissions, rules, lengths)
        chain = self.crf.chain
        if rules is not None:
            chain = Chain(*(own + rule for own, rule in zip(chain, rules, strict=True)))
        return viterbi(emissions, chain, lengths)
