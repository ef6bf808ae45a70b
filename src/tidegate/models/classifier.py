"""The network that says one thing of a whole sequence: a class or a number."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn

from tidegate.models.embedding import TokenEmbedding
from tidegate.models.encoder import Encoder, EncoderOptions
from tidegate.models.pooling import Pooling, PoolingName


class ClassifierShape(BaseModel):
    """What is read and told.

    tokens: how many different ones are read, with vectors of `width`; 0: series of `width` channels are read.
    outputs: numbers told of each sequence. projection: units that series pass through first; 0: they do not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: NonNegativeInt
    width: PositiveInt
    outputs: PositiveInt
    projection: NonNegativeInt = 0
    pooling: PoolingName = "last"
    output_dropout: float = Field(default=0.0, ge=0, lt=1)
    embedding_dropout: float = Field(default=0.0, ge=0, lt=1)
    word_dropout: float = Field(default=0.0, ge=0, lt=1)


class ClassifierNetwork(nn.Module):
    """Tokens `[B, T]` or values `[B, T, C]` with lengths [B] → `[B, outputs]`.

    Embedding or projection, dropout on what the encoder reads, encoder, pooling, dropout, a linear layer.
    """

    def __init__(self, shape: ClassifierShape, options: EncoderOptions) -> None:
        super().__init__()
        self.reader, width = _reader(shape)
        self.encoder = Encoder(width, options)
        directions = 2 if options.bidirectional else 1
        self.pooling = Pooling(shape.pooling, self.encoder.output_size, directions * options.hidden_size)
        self.dropout = nn.Dropout(shape.output_dropout)
        self.head = nn.Linear(self.pooling.width, shape.outputs)

    def forward(self, inputs: Tensor, lengths: Tensor) -> Tensor:
        outputs, final = self.encoder(self.reader(inputs), None, lengths)
        told: Tensor = self.head(self.dropout(self.pooling(outputs, final, lengths)))
        return told


def _reader(shape: ClassifierShape) -> tuple[nn.Module, int]:
    """What turns inputs into vectors for the encoder, and their width."""
    if shape.tokens:
        dropout, word_dropout = shape.embedding_dropout, shape.word_dropout
        return TokenEmbedding(shape.tokens, shape.width, dropout=dropout, word_dropout=word_dropout), shape.width
    if shape.projection:
        return nn.Linear(shape.width, shape.projection), shape.projection
    return nn.Identity(), shape.width
