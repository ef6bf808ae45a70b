"""Pairs of numbered sequences as padded batches of like length, and what training makes small."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from tidegate.data.vocabulary import PADDING
from tidegate.estimators.sequence_batches import padded
from tidegate.estimators.translation.translation_preparation import Numbers
from tidegate.models.beam import BEGIN, END
from tidegate.models.translator import TranslationBatch
from tidegate.training.examples import Rows, bucketed
from tidegate.training.objective import Loss

_POOL = 400  # batches sorted together: enough for several of each pair of lengths


class TranslationExamples:
    """Sources and targets [T_i] without beginnings and ends, which are set here."""

    def __init__(self, sources: Sequence[Numbers], targets: Sequence[Numbers]) -> None:
        self.sources, self.targets = sources, targets
        self._source_lengths, self._target_lengths = (
            np.array([len(one) for one in side], dtype=np.int64) for side in (sources, targets)
        )

    def __len__(self) -> int:
        return len(self.sources)

    def batch(self, rows: Rows, /) -> TranslationBatch:
        """These rows, each side padded to its longest."""
        targets = [self.targets[row] for row in rows]
        arrays = (
            padded([self.sources[row] for row in rows], PADDING),
            self._source_lengths[rows],
            padded([np.concatenate([[BEGIN], target]) for target in targets], PADDING),
            padded([np.concatenate([target, [END]]) for target in targets], PADDING),
            self._target_lengths[rows] + 1,
        )
        return TranslationBatch(*(torch.from_numpy(array.astype(np.int64)) for array in arrays))

    def batches(self, batch_size: int, source: np.random.Generator, /) -> Sequence[Rows]:
        """All rows in batches of targets of like length, and among these of sources of like length.

        Sources go up and down in turn from one length of the targets to the next, so that a batch which holds the end
        of one and the beginning of another still has sources of like length.
        """
        sources, targets = self._source_lengths, self._target_lengths
        longest = int(sources.max())
        turned = np.where(targets % 2, longest - sources, sources)
        return bucketed(targets * (longest + 1) + turned, batch_size, source, _POOL)

    def by_length(self) -> TranslationExamples:
        """The same, the shortest targets first."""
        order = np.argsort(self._target_lengths, kind="stable")
        return TranslationExamples([self.sources[row] for row in order], [self.targets[row] for row in order])

    def fingerprint(self) -> str:
        """A digest of both sides."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self._source_lengths, self._target_lengths, *self.sources, *self.targets):
            digest.update(np.ascontiguousarray(part).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class TranslationObjective:
    """Cross-entropy of each word of the target, its end among them, given the source and the words before.

    In training the targets are smoothed by `label_smoothing`; elsewhere the loss is the plain one, whose exponential is
    the perplexity.
    """

    label_smoothing: float = 0.0

    def __call__(self, model: nn.Module, batch: Any, /) -> Loss:
        total = model(batch, self.label_smoothing if model.training else 0.0)
        return Loss(total, int(batch.lengths.sum()))
