"""The network of a translator: an encoder that reads the source, a decoder that writes the target while attending."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from tidegate.data.vocabulary import PADDING
from tidegate.models.bridge import Bridge
from tidegate.models.decoder import Decoder, DecoderState
from tidegate.models.dropout import SequenceDropout, step_by_step
from tidegate.models.embedding import TokenEmbedding
from tidegate.models.encoder import Encoder, EncoderOptions
from tidegate.models.softmax import softmax_loss
from tidegate.models.teacher_forcing import TeacherForcing
from tidegate.nn.attention import AttentionKind, Memory

_Share = Field(default=0.0, ge=0.0, lt=1.0)


class TranslatorOptions(BaseModel):
    """What a translator's network is made of besides its encoder.

    attention: "general" or "dot" (Luong et al. 2015), "additive" (Bahdanau et al. 2015).
    input_feeding: each step of the decoder is given the readout before it (Luong et al. 2015, 3.3); slower, as training
        has to go step by step.
    tie_embeddings: words are told with the weights that embed the target (Press & Wolf 2017, arXiv:1608.05859).
    memory_dropout: of what the encoder hands to the attention; output_dropout: of the readout; both drop the same
        channels throughout a sequence. The decoder's recurrent_dropout does so too, but where it goes step by step, by
        input feeding or the words it tells itself: there it is drawn anew for each step.
    teacher_forcing, teacher_forcing_last: share of steps given the true word before them in training, at its start and,
        falling evenly, at its end (None: as at the start); the other steps are given the likeliest word.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    attention: AttentionKind = "general"
    input_feeding: bool = False
    tie_embeddings: bool = True
    memory_dropout: float = _Share
    output_dropout: float = _Share
    teacher_forcing: float = Field(default=1.0, ge=0.0, le=1.0)
    teacher_forcing_last: float | None = Field(default=None, ge=0.0, le=1.0)


class Embedded(Protocol):
    """Options of the vectors that stand for words, of which the readout is one too."""

    @property
    def embedding_size(self) -> int: ...

    @property
    def embedding_dropout(self) -> float: ...

    @property
    def word_dropout(self) -> float: ...


class Reading(NamedTuple):
    """A source that has been read, and how far the target is written."""

    state: DecoderState
    memory: Memory

    def select(self, rows: Tensor) -> Reading:
        """These rows, in this order, repeated where a row is named again."""
        return Reading(self.state.select(rows), self.memory.select(rows))


class TranslationBatch(NamedTuple):
    """Numbered words, padded by 0.

    source [B, S] of `source_lengths` [B]; words [B, T] of `lengths` [B], which begin with BEGIN, and `following`, the
    one after each of them, which end with END.
    """

    source: Tensor
    source_lengths: Tensor
    words: Tensor
    following: Tensor
    lengths: Tensor


class Sizes(NamedTuple):
    """Words of both vocabularies, the pairs that training goes through in all, and whether the vocabularies are one."""

    source: int
    target: int
    sequences: int
    shared: bool


class TranslatorNetwork(nn.Module):
    """Encoder, bridge, decoder with attention, and scores for the next word of the target.

    The decoder has the encoder's cell, layers and dropouts, in one direction, and no batch norm, which would look at
    later steps.
    """

    def __init__(self, sizes: Sizes, encoder: EncoderOptions, options: TranslatorOptions, text: Embedded) -> None:
        super().__init__()
        self.source_embedding = _embedding(sizes.source, text)
        self.target_embedding = self.source_embedding if sizes.shared else _embedding(sizes.target, text)
        self.encoder = Encoder(text.embedding_size, encoder)
        self.bridge = Bridge(
            encoder.num_layers, 2 if encoder.bidirectional else 1, encoder.hidden_size, pair=encoder.cell == "lstm"
        )
        self.memory_dropout = SequenceDropout(options.memory_dropout)
        self.decoder = Decoder(
            (text.embedding_size, self.encoder.output_size, text.embedding_size),
            encoder.model_copy(update={"bidirectional": False, "merge": "concat", "batch_norm": False}),
            options.attention,
            input_feeding=options.input_feeding,
        )
        self.output_dropout = SequenceDropout(options.output_dropout)
        self.output = nn.Linear(text.embedding_size, sizes.target)
        if options.tie_embeddings:
            self.output.weight = self.target_embedding.table.weight
        last = options.teacher_forcing if options.teacher_forcing_last is None else options.teacher_forcing_last
        self.forcing = TeacherForcing(options.teacher_forcing, last, sizes.sequences)

    def forward(self, batch: TranslationBatch, label_smoothing: float = 0.0) -> Tensor:
        """−Σ log p, in nats, of all that follows, padding aside; see `softmax_loss` for the smoothing."""
        reading = self.read(batch.source, batch.source_lengths)
        share = self.forcing.share
        if share < 1.0:
            with step_by_step(self):
                readouts = self._write_sampling(batch.words, reading, share)
        else:
            readouts, _, _ = self.write(batch.words, reading, batch.lengths)
        if self.training:
            self.forcing.advance(len(batch.words))
        true = batch.following != PADDING
        weight, bias = self.output.weight, self.output.bias
        return softmax_loss(readouts[true], weight, bias, batch.following[true], label_smoothing)

    def read(self, source: Tensor, lengths: Tensor) -> Reading:
        """Reads sources [B, S] of `lengths` [B]."""
        outputs, final = self.encoder(self.source_embedding(source), lengths=lengths)
        memory = self.decoder.attention.memory(self.memory_dropout(outputs), lengths)
        return Reading(self.decoder.start(self.bridge(final), memory), memory)

    def write(self, words: Tensor, reading: Reading, lengths: Tensor | None = None) -> tuple[Tensor, Tensor, Reading]:
        """Readouts [B, T, R] after each of the words [B, T], attention weights [B, T, S], and the reading by then."""
        embedded = self.target_embedding(words)
        readouts, weights, state = self.decoder(embedded, reading.state, reading.memory, lengths)
        return self.output_dropout(readouts), weights, Reading(state, reading.memory)

    def tell(self, readouts: Tensor) -> Tensor:
        """Scores (logits) of the next word: [… R] → [… V]."""
        scores: Tensor = self.output(readouts)
        return scores

    def step(self, words: Tensor, reading: Reading) -> tuple[Tensor, Reading]:
        """Log-probabilities [B, V] of the word after each of the words [B], as a search asks for them."""
        readouts, _, after = self.write(words.unsqueeze(1), reading)
        return self.tell(readouts.squeeze(1)).log_softmax(-1), after

    def _write_sampling(self, words: Tensor, reading: Reading, share: float) -> Tensor:
        """Readouts [B, T, R] where, but for a `share` of the steps, the likeliest word is given instead of the true."""
        forced = torch.rand(words.shape, device=words.device) < share
        readouts: list[Tensor] = []
        for step in range(words.shape[1]):
            given = words[:, step : step + 1]
            if step:
                with torch.no_grad():
                    told = self.tell(readouts[-1]).argmax(-1)
                given = torch.where(forced[:, step : step + 1], given, told)
            readout, _, reading = self.write(given, reading)
            readouts.append(readout)
        return torch.cat(readouts, dim=1)


def _embedding(count: int, text: Embedded) -> TokenEmbedding:
    """Drawn so that a tied output begins with scores near 0: torch's unit normal would begin far from them."""
    embedding = TokenEmbedding(
        count, text.embedding_size, dropout=text.embedding_dropout, word_dropout=text.word_dropout, specials=4
    )
    with torch.no_grad():
        embedding.table.weight.mul_(text.embedding_size**-0.5)
    return embedding
