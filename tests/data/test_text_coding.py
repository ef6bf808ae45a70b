from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.text_coding import TextCoding
from tidegate.data.vocabulary import UNKNOWN

TEXT = "The hare ran.\n\nThe tortoise (slowly) won: 龟 é\n"
KINDS = ["characters", "words", "spaces", "bpe"]


def fitted(kind, text=TEXT, **options):
    size = 300 if kind == "bpe" else None
    return TextCoding.fit(text, kind, **{"lowercase": False, "min_count": 1, "size": size, **options})


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_comes_back(kind):
    coding = fitted(kind)
    numbers = coding.encode(TEXT)
    assert coding.decode(numbers.tolist()) == TEXT
    assert UNKNOWN not in numbers
    state, arrays = coding.state()
    again = TextCoding.from_state(json.loads(json.dumps(state)), arrays)
    assert again.encode(TEXT).tolist() == numbers.tolist()


@given(st.text(max_size=40))
def test_pieces_give_any_text_back(text):
    coding = fitted("bpe")
    assert coding.decode(coding.encode(text).tolist()) == text


def test_words_have_a_token_at_each_line_end():
    coding = fitted("spaces")
    assert coding.vocabulary.decode(coding.encode("The hare\n\nran. ")) == ["The", "hare", "<eos>", "<eos>", "ran."]
    assert coding.encode_lines("The hare").tolist() == coding.encode("The hare\n").tolist()
    assert coding.encode_lines("The hare\n").tolist() == coding.encode("The hare\n").tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_begins_after_a_line_end(kind):
    coding = fitted(kind)
    assert coding.first == coding.encode("\n")[-1] != UNKNOWN
    assert not kind.startswith("char") or fitted(kind, "no line end").first == UNKNOWN


def test_what_is_unknown_is_told_once():
    assert fitted("characters").unknown("ZaZq") == ["Z", "q"]
    assert fitted("spaces").unknown("The fox\nran. fox\n") == ["fox"]
    assert fitted("bpe").unknown("anything 猫") == []


def test_rare_words_are_unknown_and_case_may_be_dropped():
    coding = fitted("words", min_count=2)
    assert coding.encode("The hare").tolist() == [coding.vocabulary.number("The"), UNKNOWN]
    assert fitted("words", lowercase=True).unknown("THE HARE") == []
