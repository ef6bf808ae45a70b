"""How likely single lines are to a language model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from tidegate.data.text_coding import TextCoding
from tidegate.data.vocabulary import PADDING
from tidegate.estimators.sequence_batches import SequenceBatch, SequenceExamples, predicted
from tidegate.models.language import LanguageNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def line_likelihoods(network: LanguageNetwork, coding: TextCoding, lines: Sequence[str]) -> tuple[Floats, Ints]:
    """For each of N lines ln p in nats, its end included, [N], and how many tokens it has, [N]; batched by length."""
    tokens = [coding.encode(f"{line}\n") for line in lines]
    before = [np.concatenate([[coding.first], one[:-1]]).astype(np.int64) for one in tokens]
    examples = SequenceExamples(before, tokens)
    totals = np.empty(len(lines))
    for rows, told in predicted(network, examples, _log_likelihoods, batch_size=_LINES_AT_ONCE):
        totals[rows] = told.double().numpy()
    return totals, examples.lengths


_LINES_AT_ONCE = 16
_LOGITS_AT_ONCE = 2_000_000


def _log_likelihoods(model: nn.Module, batch: SequenceBatch) -> Tensor:
    """[B] of rows of a padded batch; logits are made for some tokens at a time, however long the lines are."""
    assert isinstance(model, LanguageNetwork)
    hidden, _ = model(batch.inputs)
    real = batch.targets > PADDING
    vectors, targets = hidden[real], batch.targets[real]
    size = max(_LOGITS_AT_ONCE // len(model.bias), 1)
    parts = [slice(start, start + size) for start in range(0, len(targets), size)]
    told = [-cross_entropy(model.logits(vectors[part]), targets[part], reduction="none") for part in parts]
    totals: Tensor = hidden.new_zeros(len(real)).index_add(0, real.nonzero()[:, 0], torch.cat(told))
    return totals
