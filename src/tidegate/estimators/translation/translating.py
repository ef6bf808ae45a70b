"""Searching translations with a trained network: numbers in, tokens, scores and attention out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from tidegate.data.pairs import Text
from tidegate.data.vocabulary import PADDING, UNKNOWN
from tidegate.estimators.sequence_batches import padded
from tidegate.estimators.translation.translation_examples import TranslationExamples
from tidegate.estimators.translation.translation_options import TranslationOptions
from tidegate.estimators.translation.translation_preparation import Numbers, TranslationPreparation
from tidegate.models.beam import Hypothesis, beam_search, greedy_search
from tidegate.models.threads import one_thread
from tidegate.models.translator import TranslatorNetwork
from tidegate.training.examples import Rows, in_order

_SENTENCES_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Translation:
    """What was found for a source: `text` (tokens, where training had tokens), and how.

    score: log P over the length penalty; source_tokens [S] and tokens [T], unknown ones replaced where that was asked
    for; attention [T + 1, S]: how much each token, and last the end, looked at each token of the source.
    """

    text: str | list[str]
    score: float
    source_tokens: list[str]
    tokens: list[str]
    attention: NDArray[np.float32]


@dataclass(frozen=True)
class Engine:
    """A trained network and what belongs to it; `options` tell how to search."""

    options: TranslationOptions
    preparation: TranslationPreparation
    network: TranslatorNetwork

    def translate(self, sources: Sequence[Text], count: int) -> list[list[Translation]]:
        """For each source up to `count` of the hypotheses found, the best first."""
        found: list[list[Translation]] = [[] for _ in sources]
        self.network.eval()
        numbers = [self.preparation.source.encode(source) for source in sources]
        for rows in self._batches(numbers):
            with torch.inference_mode(), one_thread():
                searched = self._search([numbers[row] for row in rows])
                hypotheses = [some[:count] for some in searched]
                maps = self._attention([numbers[row] for row in rows], hypotheses)
            for row, some, attention in zip(rows, hypotheses, maps, strict=True):
                found[row] = [self._told(sources[row], one, map) for one, map in zip(some, attention, strict=True)]
        return found

    def _batches(self, numbers: Sequence[Numbers]) -> Iterator[Rows]:
        order = np.argsort([len(source) for source in numbers], kind="stable")
        for places in in_order(len(numbers), _SENTENCES_AT_ONCE):
            yield order[places]

    def _search(self, sources: Sequence[Numbers]) -> list[list[Hypothesis]]:
        lengths = torch.tensor([len(source) for source in sources])
        reading = self.network.read(torch.from_numpy(padded(sources, PADDING)), lengths)
        greatest = self.options.max_length
        limits = (
            (2 * lengths).clamp(min=self.preparation.longest)
            if greatest is None
            else torch.full_like(lengths, greatest)
        )
        step, size, alpha = self.network.step, self.options.beam_size, self.options.length_penalty
        if size == 1:
            return greedy_search(step, reading, limits, alpha)
        return beam_search(step, reading, limits, size, alpha)

    def _attention(
        self, sources: Sequence[Numbers], hypotheses: Sequence[Sequence[Hypothesis]]
    ) -> list[list[NDArray[np.float32]]]:
        """The weights of each hypothesis [T + 1, S]: all of them are read once more, every step at once."""
        pairs = [(source, one.words) for source, some in zip(sources, hypotheses, strict=True) for one in some]
        targets = [np.array(words, dtype=np.int64) for _, words in pairs]
        batch = TranslationExamples([source for source, _ in pairs], targets).batch(np.arange(len(pairs)))
        reading = self.network.read(batch.source, batch.source_lengths)
        _, weights, _ = self.network.write(batch.words, reading, batch.lengths)
        maps = iter(weights.numpy())
        return [
            [next(maps)[: len(one.words) + 1, : len(source)] for one in some]
            for source, some in zip(sources, hypotheses, strict=True)
        ]

    def _told(self, source: Text, hypothesis: Hypothesis, attention: NDArray[np.float32]) -> Translation:
        target, read = self.preparation.target, self.preparation.source.split(source)
        tokens = target.vocabulary.decode(hypothesis.words)
        if self.options.copy_unknown:
            places = attention.argmax(axis=1)
            tokens = [
                read[place] if word == UNKNOWN else token
                for word, token, place in zip(hypothesis.words, tokens, places[:-1], strict=True)
            ]
        return Translation(target.join(tokens), hypothesis.score, read, tokens, attention)
