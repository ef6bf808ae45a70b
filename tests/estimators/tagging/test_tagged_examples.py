"""Batches hold each distinct word once, and give every sentence back."""

from __future__ import annotations

import numpy as np

from tidegate.data.tagged import from_lists
from tidegate.estimators.sequence_batches import IGNORED
from tidegate.estimators.tagging.tagged_examples import TaggedExamples
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation

TOKENS = [["the", "cat", "the", "cat"], ["The"], ["a", "cat"]]
TAGS = [["D", "N", "D", "N"], ["D"], ["D", "N"]]
TAGGED = from_lists(TOKENS, TAGS)
PREPARATION = TaggingPreparation.fit(TAGGED, lowercase=True, min_count=1)


def examples(tokens=TOKENS, tags=TAGS) -> TaggedExamples:
    return TaggedExamples.of(from_lists(tokens, tags).sentences, PREPARATION)


def test_a_batch_gives_the_sentences_back() -> None:
    batch = examples().batch(np.array([2, 0]))
    assert batch.lengths.tolist() == [2, 4]
    assert batch.words.shape == batch.targets.shape == batch.spellings.places.shape == (2, 4)
    assert len(batch.spellings.sizes) == 3
    for row, sentence in enumerate((2, 0)):
        length = len(TOKENS[sentence])
        numbers = batch.words[row, :length].tolist()
        assert PREPARATION.words.decode(numbers) == TOKENS[sentence]
        spelt = batch.spellings.characters[batch.spellings.places[row, :length]]
        assert ["".join(PREPARATION.characters.decode(word.tolist())) for word in spelt] == TOKENS[sentence]
        assert [PREPARATION.tags[tag] for tag in batch.targets[row, :length]] == TAGS[sentence]
        assert (batch.words[row, length:] == 0).all()
        assert (batch.targets[row, length:] == IGNORED).all()


def test_unknown_tags_and_no_tags_are_targets_that_are_none() -> None:
    assert examples([["a", "b"]], [["N", "NEW"]]).targets[0].tolist() == [1, IGNORED]
    assert examples([["a", "b"]], None).targets[0].tolist() == [IGNORED, IGNORED]


def test_sorted_by_length_they_are_the_same_sentences() -> None:
    ordered = examples().by_length()
    assert ordered.lengths.tolist() == [1, 2, 4]
    assert PREPARATION.words.decode(ordered.batch(np.array([1])).words[0].tolist()) == ["a", "cat"]


def test_the_fingerprint_tells_spellings_and_tags_apart() -> None:
    prints = {
        examples().fingerprint(),
        examples([["the", "cat", "the", "cat"], ["The"], ["x", "cat"]]).fingerprint(),
        examples([["the", "cat", "the", "cat"], ["THe"], ["a", "cat"]]).fingerprint(),
        examples(tags=[*TAGS[:2], ["N", "D"]]).fingerprint(),
    }
    assert len(prints) == 4
    assert examples().fingerprint() in prints
