"""How likely single lines are to a language model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

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


def _log_likelihoods(model: nn.Module, batch: SequenceBatch) -> Tensor:
    """[B] of rows of a padded batch."""
    assert isinstance(model, LanguageNetwork)
    hidden, _ = model(batch.inputs)
    real = batch.targets > PADDING
    logs = model.logits(hidden).log_softmax(-1)
    told = logs.gather(-1, batch.targets.clamp(min=PADDING).unsqueeze(-1)).squeeze(-1)
    return (told * real).sum(-1)
