"""The decoder of a translator: a recurrence over the target that attends to what the encoder has read."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from tidegate.models.encoder import Encoder, EncoderOptions, State
from tidegate.nn.attention import Attention, AttentionKind, Memory, attention


class DecoderState(NamedTuple):
    """What is carried from step to step: the recurrence's state, and the last readout [B, R] where it is fed back."""

    recurrence: State
    fed: Tensor | None

    def select(self, rows: Tensor) -> DecoderState:
        """The state of these rows, in this order, repeated where a row is named again."""
        parts = self.recurrence if isinstance(self.recurrence, tuple) else (self.recurrence,)
        chosen = tuple(part.index_select(1, rows) for part in parts)
        fed = None if self.fed is None else self.fed.index_select(0, rows)
        return DecoderState(chosen if isinstance(self.recurrence, tuple) else chosen[0], fed)


class Decoder(nn.Module):
    """Luong's decoder (2015, arXiv:1508.04025): the recurrence runs, its output attends, both are combined.

        h_t = RNN(y_{t−1}, h_{t−1})        c_t = attention(h_t)        r_t = tanh(W [c_t; h_t] + b)

    With `input_feeding` the recurrence is given [y_{t−1}; r_{t−1}]: it knows what was attended to, but has to go step
    by step. Without, all steps are done in one call of the layer and one attention.
    """

    def __init__(
        self, sizes: tuple[int, int, int], options: EncoderOptions, kind: AttentionKind, *, input_feeding: bool
    ) -> None:
        """`sizes`: of the embedded words, of the encoder's outputs, and of the readout."""
        super().__init__()
        embedded, memory, self.readout_size = sizes
        self.input_feeding = input_feeding
        self.recurrence = Encoder(embedded + (self.readout_size if input_feeding else 0), options)
        self.attention: Attention = attention(kind, self.recurrence.output_size, memory)
        self.readout = nn.Linear(memory + self.recurrence.output_size, self.readout_size)

    def start(self, recurrence: State, memory: Memory) -> DecoderState:
        """The state before the first step."""
        fed = memory.values.new_zeros(len(memory.values), self.readout_size) if self.input_feeding else None
        return DecoderState(recurrence, fed)

    def forward(
        self, words: Tensor, state: DecoderState, memory: Memory, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor, DecoderState]:
        """Readouts [B, T, R] and attention weights [B, T, S] for embedded words [B, T, E], and the state after them."""
        if state.fed is None:
            hidden, recurrence = self.recurrence(words, state.recurrence, lengths)
            readouts, weights = self._read(hidden, memory)
            return readouts, weights, DecoderState(recurrence, None)
        recurrence, fed = state.recurrence, state.fed.unsqueeze(1)
        steps = []
        for word in words.unsqueeze(2).unbind(1):
            hidden, recurrence = self.recurrence(torch.cat([word, fed], dim=-1), recurrence)
            fed, weight = self._read(hidden, memory)
            steps.append((fed, weight))
        readouts, weights = (torch.cat(parts, dim=1) for parts in zip(*steps, strict=True))
        return readouts, weights, DecoderState(recurrence, fed.squeeze(1))

    def _read(self, hidden: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        context, weights = self.attention(hidden, memory)
        return torch.tanh(self.readout(torch.cat([context, hidden], dim=-1))), weights
