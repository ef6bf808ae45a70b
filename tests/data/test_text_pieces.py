from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.text_coding import TextCoding
from tidegate.data.text_pieces import pieces, until, without_first_space
from tidegate.errors import ConfigurationError

TEXT = "Grüße, 世界! 👋🏽\nEnde (bald).\n"
BYTES = TextCoding.fit(TEXT, "bpe", lowercase=False, min_count=1, size=256)
WORDS = TextCoding.fit(TEXT, "words", lowercase=False, min_count=1, size=None)


@given(st.text(max_size=12), st.text(max_size=12))
def test_bytes_become_whole_characters_only(before, text):
    shown = list(pieces(BYTES.decode, BYTES.encode(before).tolist(), BYTES.encode(text).tolist()))
    assert "".join(shown) == text
    if "\ufffd" not in text:
        assert all(len(piece) == 1 for piece in shown)


def test_bytes_that_are_no_character_are_shown_in_the_end():
    numbers = BYTES.encode("世").tolist()[:2]
    assert list(pieces(BYTES.decode, [], numbers)) == ["\ufffd"]


def test_words_come_with_the_spaces_between_them():
    numbers = WORDS.encode(TEXT).tolist()
    shown = list(pieces(WORDS.decode, [WORDS.first], numbers))
    assert shown[:5] == ["Grüße", ",", " 世界", "!", " 👋"]
    assert "".join(shown) == WORDS.decode(numbers)


@given(st.text("ab", max_size=12), st.lists(st.text("ab", min_size=1, max_size=4), max_size=3), st.integers(1, 4))
def test_a_text_ends_before_the_first_whole_stop_string(text, stops, size):
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    expected = text
    for end in range(len(text) + 1):  # one character after the other: the slow truth
        whole = [stop for stop in stops if text[:end].endswith(stop)]
        if whole:
            expected = text[: end - max(map(len, whole))]
            break
    shown = list(until(stops, parts))
    assert "".join(shown) == expected
    assert "" not in shown


def test_nothing_is_read_beyond_the_stop():
    source = iter(["on", "e st", "op", " more"])
    assert list(until(["stop"], source)) == ["on", "e "]
    assert list(source) == [" more"]


def test_what_cannot_be_a_stop_string_is_shown_at_once():
    source = iter("abcd")
    shown = until(["cx"], source)
    assert [next(shown), next(shown), next(shown)] == ["a", "b", "cd"]


def test_an_empty_stop_string_is_refused():
    with pytest.raises(ConfigurationError, match="stop=''"):
        until([""], "abc")


@pytest.mark.parametrize(("texts", "shown"), [([" a", " b"], ["a", " b"]), (["a", " b"], ["a", " b"]), ([], [])])
def test_one_space_is_taken_away(texts, shown):
    assert list(without_first_space(texts)) == shown
