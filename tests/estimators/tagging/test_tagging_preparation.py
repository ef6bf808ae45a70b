"""What is learnt of the training part before training, and that it survives as JSON."""

from __future__ import annotations

import json

import pytest
import torch

from tidegate.data.tagged import Tagged, from_lists
from tidegate.data.vocabulary import UNKNOWN
from tidegate.errors import DataError
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation

CHUNKS = from_lists(
    [["The", "cat", "sees", "the", "Cat"], ["Dogs", "sleep"]],
    [["B-NP", "I-NP", "B-VP", "B-NP", "I-NP"], ["B-NP", "B-VP"]],
)


def prepared(training: Tagged = CHUNKS, min_count: int = 2, lowercase: bool = True) -> TaggingPreparation:
    return TaggingPreparation.fit(training, lowercase=lowercase, min_count=min_count)


def test_rare_words_share_the_vector_of_the_unknown() -> None:
    preparation = prepared()
    numbers = preparation.word_numbers(["the", "CAT", "sees", "dogs", "mouse"])
    assert preparation.kept == 4
    assert sorted(numbers[:2]) == [2, 3]
    assert list(numbers[2:]) == [UNKNOWN] * 3
    assert [preparation.is_known(word) for word in ("The", "sees", "mouse")] == [True, True, False]
    assert len(set(prepared(min_count=1).word_numbers(["the", "cat", "sees", "dogs", "sleep"]))) == 5


def test_case_counts_where_words_are_not_lower_cased() -> None:
    preparation = prepared(min_count=1, lowercase=False)
    assert [preparation.is_known(word) for word in ("The", "the", "THE")] == [True, True, False]
    assert len(set(preparation.word_numbers(["The", "the", "THE"]))) == 3


def test_rules_are_those_of_the_scheme() -> None:
    preparation = prepared()
    rules = preparation.rules()
    assert preparation.scheme == "IOB2"
    assert preparation.tags == ("B-NP", "B-VP", "I-NP")
    assert rules is not None
    assert torch.equal(rules.start.isinf(), torch.tensor([False, False, True]))
    assert torch.equal(rules.transitions.isinf().nonzero(), torch.tensor([[1, 2]]))
    assert not rules.end.isinf().any()
    assert prepared(from_lists([["a", "b"]], [["NOUN", "VERB"]])).rules() is None
    assert prepared(from_lists([["a", "b"]], [["I-NP", "O"]])).rules() is None


@pytest.mark.parametrize("lowercase", [True, False])
def test_its_state_is_json(lowercase: bool) -> None:
    preparation = prepared(lowercase=lowercase)
    state, arrays = preparation.state()
    assert TaggingPreparation.from_state(json.loads(json.dumps(state)), arrays) == preparation
    with pytest.raises(ValueError, match="more words with vectors than words"):
        TaggingPreparation.from_state({**state, "kept": 99}, {})


def test_one_tag_throughout_and_no_tags_are_refused() -> None:
    with pytest.raises(DataError, match="sentence 0: all tokens have the tag 'X'; two are needed"):
        prepared(from_lists([["a", "b"], ["c"]], [["X", "X"], ["X"]]))
    with pytest.raises(DataError, match="sentence 0: the tokens have no tags"):
        prepared(from_lists([["a", "b"]]))
