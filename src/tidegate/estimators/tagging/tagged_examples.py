"""Tagged sentences as batches: each distinct word is numbered and spelt once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch

from tidegate.data.tagged import Sentence
from tidegate.estimators.sequence_batches import IGNORED, Array, SequenceExamples, padded
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation
from tidegate.models.characters import Spellings
from tidegate.models.tagger import TagBatch
from tidegate.training.examples import Rows


@dataclass(frozen=True)
class Forms:
    """The distinct words of some sentences: the number of each one's vector [F], and its characters. Form 0 is none."""

    numbers: Array
    spelt: list[Array]


class TaggedExamples(SequenceExamples):
    """Sentences as numbers of their forms; tags that training has not met are targets that are none."""

    def __init__(self, forms: Forms, sequences: list[Array], targets: list[Array]) -> None:
        super().__init__(sequences, targets)
        self.forms, self.sequences, self.targets = forms, sequences, targets

    @classmethod
    def of(cls, sentences: tuple[Sentence, ...], preparation: TaggingPreparation) -> TaggedExamples:
        """Untagged sentences get targets that are none."""
        places: dict[str, int] = {}
        sequences = [
            np.array([places.setdefault(token, len(places) + 1) for token in one.tokens], dtype=np.int64)
            for one in sentences
        ]
        numbers = np.concatenate([[0], preparation.word_numbers(list(places))])
        forms = Forms(numbers, [np.zeros(0, np.int64), *map(preparation.characters.encode, places)])
        tags = {tag: place for place, tag in enumerate(preparation.tags)}
        targets = [
            np.array([tags.get(tag, IGNORED) for tag in one.tags or ("",) * len(one.tokens)], dtype=np.int64)
            for one in sentences
        ]
        return cls(forms, sequences, targets)

    def batch(self, rows: Rows, /) -> TagBatch:  # type: ignore[override]  # a batch of words has its own fields
        """These rows, padded to the longest, with the spelling of every word that stands in them."""
        inputs = padded([self.sequences[row] for row in rows], 0)
        targets = padded([self.targets[row] for row in rows], IGNORED)
        real = inputs > 0
        distinct, inverse = np.unique(inputs[real], return_inverse=True)
        places = np.zeros_like(inputs)
        places[real] = inverse
        spelt = [self.forms.spelt[form] for form in distinct]
        spellings = (padded(spelt, 0), np.array([len(one) for one in spelt]), places)
        words, told, lengths = map(torch.from_numpy, (self.forms.numbers[inputs], targets, self.lengths[rows]))
        return TagBatch(words, Spellings(*map(torch.from_numpy, spellings)), told, lengths)

    def by_length(self) -> TaggedExamples:
        """The same, the shortest first."""
        order = np.argsort(self.lengths, kind="stable")
        return TaggedExamples(self.forms, [self.sequences[row] for row in order], [self.targets[row] for row in order])

    def fingerprint(self) -> str:
        """A digest of all sentences, their spellings and targets."""
        forms = hashlib.blake2b(self.forms.numbers.tobytes(), digest_size=16)
        for spelt in self.forms.spelt:
            forms.update(len(spelt).to_bytes(4, "little") + spelt.tobytes())
        return super().fingerprint() + forms.hexdigest()
