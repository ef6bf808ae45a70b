"""The network of a language model: which token comes next, told at every step."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn
from torch.nn import functional

from tidegate.models.embedding import TokenEmbedding
from tidegate.models.encoder import Encoder, EncoderOptions, State
from tidegate.models.softmax import softmax_loss

Parts = tuple[Tensor, ...]


class LanguageShape(BaseModel):
    """Sizes and regularisers of a language network beside those of its encoder.

    tokens: of the vocabulary; specials: how many of its first numbers are not words; embedding_size: of a token.
    tied: the table of embeddings is the softmax's weight too (Press & Wolf 2017, arXiv:1608.05859).
    output_dropout: of what the softmax is given; embedding_dropout, word_dropout: see `TokenEmbedding`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: PositiveInt
    specials: NonNegativeInt = 2
    embedding_size: PositiveInt = 128
    tied: bool = True
    output_dropout: float = Field(default=0.0, ge=0, lt=1)
    embedding_dropout: float = Field(default=0.0, ge=0, lt=1)
    word_dropout: float = Field(default=0.0, ge=0, lt=1)


class LanguageNetwork(nn.Module):
    """Embedding, encoder, dropout, a projection where the softmax wants another width, softmax.

    The state that goes from one segment to the next is a flat tuple of tensors, `()` before the first.
    """

    def __init__(self, shape: LanguageShape, options: EncoderOptions) -> None:
        super().__init__()
        self.embedding = TokenEmbedding(
            shape.tokens,
            shape.embedding_size,
            dropout=shape.embedding_dropout,
            word_dropout=shape.word_dropout,
            specials=shape.specials,
        )
        nn.init.uniform_(self.embedding.table.weight[1:].detach(), -_INITIAL, _INITIAL)
        self.encoder = Encoder(shape.embedding_size, options)
        self._stacked = options.num_layers if options.batch_norm else 0
        self.dropout = nn.Dropout(shape.output_dropout)
        projected = shape.tied and self.encoder.output_size != shape.embedding_size
        self.projection = nn.Linear(self.encoder.output_size, shape.embedding_size) if projected else nn.Identity()
        self.untied = None if shape.tied else nn.Parameter(_uniform(shape.tokens, self.encoder.output_size))
        self.bias = nn.Parameter(self.embedding.table.weight.new_zeros(shape.tokens))

    @property
    def weight(self) -> Tensor:
        """Of the softmax, [V, E]."""
        return self.embedding.table.weight if self.untied is None else self.untied

    def forward(self, tokens: Tensor, carried: Parts = ()) -> tuple[Tensor, Parts]:
        """Tokens [B, T] → what the softmax is given [B, T, E], and the state to go on with."""
        output, state = self.encoder(self.embedding(tokens), nested(carried, self._stacked))
        return self.projection(self.dropout(output)), flat(state)

    def loss(self, hidden: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
        """The sum of −log p(target) in nats over N steps; `hidden` [N, E], `targets` [N]."""
        return softmax_loss(hidden, self.weight, self.bias, targets, smoothing)

    def logits(self, hidden: Tensor) -> Tensor:
        """[…, V] of `hidden` […, E]."""
        return functional.linear(hidden, self.weight, self.bias)


_INITIAL = 0.1  # as Zaremba et al. 2014 draw the weights of their small and medium networks, nearly


def _uniform(rows: int, columns: int) -> Tensor:
    return nn.init.uniform_(nn.Linear(columns, rows, bias=False).weight.detach(), -_INITIAL, _INITIAL)


def flat(state: State) -> Parts:
    """The tensors of a state, in order."""
    return (state,) if isinstance(state, Tensor) else tuple(tensor for part in state for tensor in flat(part))


def nested(parts: Parts, stacked: int) -> State:
    """The state whose tensors these are: of one stack, or of `stacked` layers with batch norm between them."""
    if not parts:
        return None
    if not stacked:
        return parts[0] if len(parts) == 1 else parts
    size = len(parts) // stacked
    return [nested(parts[start : start + size], 0) for start in range(0, len(parts), size)]
