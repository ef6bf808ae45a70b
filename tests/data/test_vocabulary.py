import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.vocabulary import PADDING, UNKNOWN, Vocabulary
from tidegate.errors import ConfigurationError

SENTENCES = [["the", "cat", "sat"], ["the", "dog", "sat"], ["the", "emu"]]


def test_specials_come_first_then_tokens_from_frequent_to_rare():
    vocabulary = Vocabulary.fit(SENTENCES, specials=("<bos>", "<eos>"))

    assert vocabulary.tokens == ("<pad>", "<unk>", "<bos>", "<eos>", "the", "sat", "cat", "dog", "emu")
    assert (vocabulary.number("<pad>"), vocabulary.number("<eos>"), vocabulary.number("zebra")) == (UNKNOWN, 3, UNKNOWN)
    assert "emu" in vocabulary
    assert "zebra" not in vocabulary


def test_rare_tokens_are_left_out_by_count_and_by_size():
    assert Vocabulary.fit(SENTENCES, min_count=2).tokens[2:] == ("the", "sat")
    assert Vocabulary.fit(SENTENCES, max_size=4).tokens[2:] == ("the", "sat")
    assert Vocabulary.fit(SENTENCES, min_count=9).tokens == ("<pad>", "<unk>")


def test_a_size_without_room_is_told():
    with pytest.raises(ConfigurationError, match="vocabulary_size=3: 3 places go to <pad>, <unk>, <eos>"):
        Vocabulary.fit(SENTENCES, max_size=3, specials=("<eos>",))


def test_what_is_unknown_is_so_and_padding_is_left_out():
    vocabulary = Vocabulary.fit(SENTENCES)

    numbers = vocabulary.encode(["the", "zebra", "<pad>", "<unk>"])

    assert numbers.dtype == np.int64
    assert numbers.tolist() == [2, UNKNOWN, UNKNOWN, UNKNOWN]
    assert vocabulary.decode([2, PADDING, 3]) == ["the", "sat"]


def test_a_special_token_in_the_data_is_not_there_twice():
    assert Vocabulary.fit([["<unk>", "a", "<eos>"]], specials=("<eos>",)).tokens == ("<pad>", "<unk>", "<eos>", "a")


@given(st.lists(st.lists(st.text(max_size=3))))
def test_known_tokens_come_back_after_json(sentences):
    vocabulary = Vocabulary.fit(sentences)
    again = Vocabulary.from_state(json.loads(json.dumps(vocabulary.state())))

    assert again == vocabulary
    for sentence in sentences:
        known = [token if token != "<pad>" else "<unk>" for token in sentence]
        assert again.decode(again.encode(sentence)) == known


@pytest.mark.parametrize("tokens", [["a", "b"], ["<pad>", "<unk>", "a", "a"], ["<pad>", "<unk>", 3], []])
def test_what_is_no_vocabulary_is_refused(tokens):
    with pytest.raises(ValueError, match="not whole"):
        Vocabulary.from_state({"tokens": tokens})
