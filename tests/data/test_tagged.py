"""Sentences from Python lists; what does not fit is named by sentence and position."""

from __future__ import annotations

import numpy as np
import pytest

from tidegate.data.tagged import Sentence, Tagged, from_lists
from tidegate.errors import DataError


def test_lists_are_sentences() -> None:
    tagged = from_lists([["I", "see"], ("sea",)], [["P", "V"], ["N"]])
    assert tagged.tokens == [["I", "see"], ["sea"]]
    assert tagged.tags == [["P", "V"], ["N"]]
    assert [sentence.place for sentence in tagged.sentences] == ["sentence 0", "sentence 1"]
    assert tagged.has_tags
    assert not from_lists([["I", "see"]]).has_tags
    assert from_lists([np.array(["I", "see"])]).tokens == [["I", "see"]]


@pytest.mark.parametrize(
    ("tokens", "tags", "message"),
    [
        ([], None, "X: there are no sentences"),
        ("I see", None, "X: 'I see' is not a list of token lists"),
        (["I see"], None, "sentence 0: 'I see' is not a list of tokens"),
        ([["I"], []], None, "sentence 1: there are no tokens"),
        ([["I", None]], None, "sentence 0, token 1: None is not a token"),
        ([["I", ""]], None, "sentence 0, token 1: '' is not a token"),
        ([["I"]], [["P"], ["V"]], "X has 1 sentence and y 2"),
        ([["I"], ["I", "see"]], [["P"], ["P"]], "sentence 1: 2 tokens and 1 tag;"),
        ([["I"]], [[float("nan")]], "sentence 0, tag 0: nan is not a tag"),
        ([["I"]], [[]], "sentence 0: 1 token and 0 tags"),
    ],
)
def test_what_does_not_fit_is_named(tokens, tags, message: str) -> None:
    with pytest.raises(DataError, match=message):
        from_lists(tokens, tags)


def test_sentences_with_and_without_tags_do_not_mix() -> None:
    with pytest.raises(DataError, match=r"there: the sentence has no tags, others have"):
        Tagged((Sentence(("a",), ("A",), "here"), Sentence(("a",), (), "there")))


def test_tags_are_asked_for_where_they_are_needed() -> None:
    with pytest.raises(DataError, match="sentence 0: the tokens have no tags"):
        from_lists([["I"]]).require_tags()
    from_lists([["I"]], [["P"]]).require_tags()
