import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.data.tokenizing import Tokenizer
from tidegate.errors import ConfigurationError

TEXTS = ["The cat sat on the mat.", "the dog sat on the log", "Don't sit: the cat's mat is new!"] * 4


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop!", ["Don't", "stop", "!"]),
        ("It cost 3.50 (or so)...", ["It", "cost", "3", ".", "50", "(", "or", "so", ")", ".", ".", "."]),
        ("'quoted'\tand\nsplit", ["'", "quoted", "'", "and", "split"]),
        ("cafe\u0301 na\u00efve", ["caf\u00e9", "na\u00efve"]),
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा", "।"]),
        ("", []),
    ],
)
def test_words_are_split_by_the_rule(text, tokens):
    assert Tokenizer("words").split(text) == tokens


def test_each_kind_splits_in_its_way():
    assert Tokenizer("characters", lowercase=True).split("Ab c") == ["a", "b", " ", "c"]
    assert Tokenizer("spaces").split("<unk> N 's  end.") == ["<unk>", "N", "'s", "end."]
    assert Tokenizer("words", lowercase=True).split("The END") == ["the", "end"]


def test_joined_words_have_no_space_before_a_comma():
    words = Tokenizer("words")
    assert words.join(words.split("Well, (yes) it is: done!")) == "Well, (yes) it is: done!"
    assert Tokenizer("spaces").join(["a", ",", "b"]) == "a , b"


def test_pieces_are_learnt_and_shorter_than_characters():
    tokenizer = Tokenizer.fit("bpe", TEXTS, size=300)
    pieces = tokenizer.split("the cat sat")

    assert len(pieces) < len("the cat sat")
    assert Tokenizer.fit("bpe", TEXTS, size=300) == tokenizer
    assert len(tokenizer.vocabulary([], specials=("<eos>",))) <= 300 + 3
    assert tokenizer.vocabulary([]).decode(tokenizer.vocabulary([]).encode(pieces)) == pieces


BPE = Tokenizer.fit("bpe", TEXTS, size=300)


@pytest.mark.parametrize("tokenizer", [BPE, Tokenizer("characters")], ids=lambda one: one.kind)
@settings(max_examples=50)
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_text_comes_back_exactly_and_nothing_is_unknown_to_pieces(tokenizer, text):
    tokens = tokenizer.split(text)
    assert tokenizer.join(tokens) == text
    if tokenizer.kind == "bpe":
        vocabulary = tokenizer.vocabulary([])
        assert all(token in vocabulary for token in tokens)


@pytest.mark.parametrize("tokenizer", [BPE, Tokenizer("words", lowercase=True)], ids=lambda one: one.kind)
def test_it_is_the_same_after_json(tokenizer):
    again = Tokenizer.from_state(json.loads(json.dumps(tokenizer.state())))
    assert again == tokenizer
    assert again.split(TEXTS[2]) == tokenizer.split(TEXTS[2])


def test_what_cannot_be_is_told():
    with pytest.raises(ConfigurationError, match="tokenizer='word': give one of characters, words, spaces, bpe"):
        Tokenizer("word")
    with pytest.raises(ConfigurationError, match="vocabulary_size=100: bytes alone are 256 pieces"):
        Tokenizer.fit("bpe", TEXTS, size=100)
    with pytest.raises(ConfigurationError, match="learnt no pieces yet"):
        Tokenizer("bpe").split("a")
