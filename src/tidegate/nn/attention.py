"""Attention of a decoder over what an encoder has read: additive (Bahdanau) and multiplicative (Luong)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn

from tidegate.errors import ConfigurationError

AttentionKind = Literal["additive", "general", "dot"]


class Memory(NamedTuple):
    """What is attended to: values [B, S, M], keys [B, S, K] made of them once, and which steps are padding [B, S]."""

    values: Tensor
    keys: Tensor
    padding: Tensor

    def select(self, rows: Tensor) -> Memory:
        """The memory of these rows, in this order, repeated where a row is named again."""
        return Memory(*(part.index_select(0, rows) for part in self))


class Attention(nn.Module, ABC):
    """Weights over the true steps of a memory, and the values' mean under them.

    Shapes: queries [B, T, Q], values [B, S, M] → context [B, T, M] and weights [B, T, S], which are 0 in the padding
    and else sum to 1. A sequence without a single true step has weights and context 0.
    """

    def memory(self, values: Tensor, lengths: Tensor | None = None) -> Memory:
        """The values [B, S, M] made ready, once for all queries; `lengths` [B] tells the true steps of each row."""
        steps = torch.arange(values.shape[1], device=values.device)
        if lengths is None:
            padding = steps.new_zeros(values.shape[:2], dtype=torch.bool)
        else:
            padding = steps >= lengths.to(values.device, torch.int64).unsqueeze(1)
        return Memory(values, self.keys(values), padding)

    def forward(self, queries: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """The context of each query, and the weights."""
        padding = memory.padding.unsqueeze(1)
        scores = self.scores(queries, memory.keys).masked_fill(padding, torch.finfo(queries.dtype).min)
        # Zeroed after the softmax too: a row that is all padding would else attend to it evenly.
        weights = scores.softmax(-1).masked_fill(padding, 0.0)
        return torch.bmm(weights, memory.values), weights

    @abstractmethod
    def keys(self, values: Tensor) -> Tensor:
        """What queries are compared with: [B, S, M] → [B, S, K]."""

    @abstractmethod
    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """How well each query fits each key: [B, T, S]."""


class AdditiveAttention(Attention):
    """score(q, m) = v · tanh(W q + U m + b) (Bahdanau et al. 2015, arXiv:1409.0473); `size` units in between.

    All queries at once take memory for B·T·S·size numbers.
    """

    def __init__(self, query_size: int, memory_size: int, size: int) -> None:
        super().__init__()
        self.from_query = nn.Linear(query_size, size, bias=False)
        self.from_memory = nn.Linear(memory_size, size)
        self.energy = nn.Linear(size, 1, bias=False)

    def keys(self, values: Tensor) -> Tensor:
        projected: Tensor = self.from_memory(values)
        return projected

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        together = torch.tanh(self.from_query(queries).unsqueeze(2) + keys.unsqueeze(1))
        energy: Tensor = self.energy(together)
        return energy.squeeze(-1)


class MultiplicativeAttention(Attention):
    """score(q, m) = q · W m (Luong et al. 2015, arXiv:1508.04025, "general"), or q · m ("dot") where W is left out."""

    def __init__(self, from_memory: nn.Linear | None = None) -> None:
        super().__init__()
        self.from_memory = from_memory

    def keys(self, values: Tensor) -> Tensor:
        return values if self.from_memory is None else self.from_memory(values)

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        return torch.bmm(queries, keys.transpose(1, 2))


def attention(kind: AttentionKind, query_size: int, memory_size: int) -> Attention:
    """The attention of this name. Raises ConfigurationError for an unknown one, or widths that "dot" cannot compare."""
    match kind:
        case "additive":
            return AdditiveAttention(query_size, memory_size, query_size)
        case "general":
            return MultiplicativeAttention(nn.Linear(memory_size, query_size, bias=False))
        case "dot" if query_size == memory_size:
            return MultiplicativeAttention()
        case "dot":
            raise ConfigurationError(
                f"attention='dot' compares {query_size} units of the decoder with {memory_size} of the encoder; take "
                "attention='general', or merge='sum' for the directions of the encoder"
            )
    known = ", ".join(map(repr, get_args(AttentionKind)))
    raise ConfigurationError(f"attention={kind!r} is not known: there are {known}")
