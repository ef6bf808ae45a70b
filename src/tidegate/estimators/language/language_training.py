"""What a language model learns from: streams of tokens, and the loss that carries the state along them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from tidegate.data.streams import Streams
from tidegate.data.vocabulary import PADDING
from tidegate.models.softmax import softmax_loss
from tidegate.training.carrying import Carried
from tidegate.training.examples import Rows, in_order
from tidegate.training.objective import Loss


class TokenSegment(NamedTuple):
    """Tokens read and those that follow, [B, T] each; a target 0 is none."""

    inputs: Tensor
    targets: Tensor


@dataclass(frozen=True)
class StreamExamples:
    """Streams as training takes them: segment after segment, each batch one segment of all streams."""

    streams: Streams

    def __len__(self) -> int:
        return len(self.streams)

    def batch(self, rows: Rows, /) -> TokenSegment:
        taken = self.streams.take(rows)
        return TokenSegment(*(torch.from_numpy(np.ascontiguousarray(part)) for part in taken))

    def segments(self) -> Sequence[Rows]:
        return in_order(len(self), self.streams.count)

    def fingerprint(self) -> str:
        """A digest of the tokens and of how they are cut."""
        cut = f"{self.streams.count} {self.streams.steps}".encode()
        return hashlib.blake2b(self.streams.tokens.tobytes() + cut, digest_size=16).hexdigest()


@dataclass(frozen=True)
class LanguageObjective:
    """−log p of each next token, in nats.

    In training only: `smoothing` of the labels, and `products`, the type of the softmax's products (mixed precision).
    """

    smoothing: float = 0.0
    products: torch.dtype | None = None

    def carry(self, model: nn.Module, batch: TokenSegment, carried: Carried, /) -> tuple[Loss, Carried]:
        network: Any = model
        hidden, state = network(batch.inputs, carried)
        hidden, targets = hidden.flatten(0, 1), batch.targets.flatten()
        real = targets != PADDING
        if not real.all():
            hidden, targets = hidden[real], targets[real]
        manner = (self.smoothing, self.products) if model.training else (0.0, None)
        total = softmax_loss(hidden, network.weight, network.bias, targets, *manner)
        return Loss(total, len(targets)), tuple(part.detach() for part in state)
