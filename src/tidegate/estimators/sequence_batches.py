"""Sequences of unequal length as padded batches, for training and for prediction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tidegate.models.threads import one_thread
from tidegate.training.examples import Examples, Rows, bucketed, in_order
from tidegate.training.objective import forward

IGNORED = -100  # a target that is none: `CrossEntropy` leaves it out
_PREDICTED_AT_ONCE = 256

Array = NDArray[Any]


@runtime_checkable
class Sortable(Examples, Protocol):
    """Examples that can be put in order of length, so that batches taken in order are hardly padded."""

    def by_length(self) -> Examples: ...


class SequenceBatch(NamedTuple):
    """inputs [B, T] tokens or [B, T, C] values, zero after each row's end; targets [B, …], of rows or steps."""

    inputs: Tensor
    targets: Tensor
    lengths: Tensor


class SequenceExamples:
    """Sequences [T_i] of tokens or [T_i, C] of values with their targets, batched by like length.

    targets: an array [N, …], a target for each sequence; or N arrays [T_i], one for each step, padded with −100.
    """

    def __init__(self, sequences: Sequence[Array], targets: Array | Sequence[Array]) -> None:
        self.sequences, self.targets = sequences, targets
        self.lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.sequences)

    def batch(self, rows: Rows, /) -> SequenceBatch:
        """These rows, padded to the longest of them."""
        targets = self.targets
        told = targets[rows] if isinstance(targets, np.ndarray) else padded([targets[row] for row in rows], IGNORED)
        inputs = padded([self.sequences[row] for row in rows], 0)
        return SequenceBatch(*(torch.from_numpy(array) for array in (inputs, told, self.lengths[rows])))

    def batches(self, batch_size: int, source: np.random.Generator, /) -> Sequence[Rows]:
        """All rows, cut into batches of like length in random order."""
        return bucketed(self.lengths, batch_size, source)

    def by_length(self) -> SequenceExamples:
        """The same, the shortest first: batches taken in order are hardly padded then."""
        order = np.argsort(self.lengths, kind="stable")
        targets = self.targets
        told = targets[order] if isinstance(targets, np.ndarray) else [targets[row] for row in order]
        return SequenceExamples([self.sequences[row] for row in order], told)

    def fingerprint(self) -> str:
        """A digest of all sequences and targets."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.lengths, *self.sequences, *self.targets):
            array = np.ascontiguousarray(part)
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(array.data)
        return digest.hexdigest()


def padded(sequences: Sequence[Array], fill: float) -> Array:
    """Arrays [T_i, …] one under the other, [N, max T_i, …], with `fill` after each one's end."""
    first = sequences[0]
    whole = np.full((len(sequences), max(map(len, sequences)), *first.shape[1:]), fill, dtype=first.dtype)
    for row, sequence in enumerate(sequences):
        whole[row, : len(sequence)] = sequence
    return whole


def predicted(
    network: nn.Module,
    examples: SequenceExamples,
    predict: Callable[[nn.Module, Any], Any] = forward,
    batch_size: int = _PREDICTED_AT_ONCE,
) -> Iterator[tuple[Rows, Any]]:
    """Rows and what the network says of them, in batches of like length, dropout off, in one thread."""
    order = np.argsort(examples.lengths, kind="stable")
    network.eval()
    for places in in_order(len(examples), batch_size):
        rows = order[places]
        with torch.no_grad(), one_thread():
            answer = predict(network, examples.batch(rows))
        yield rows, answer
