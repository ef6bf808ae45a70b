import numpy as np
import pytest

from tidegate.data.pairs import Pairs, from_lists
from tidegate.errors import DataError


def test_texts_and_tokens_stay_what_they_are():
    pairs = from_lists(["ein Haus", "zwei"], [["a", "house"], ["two"]])
    assert pairs.sources == ("ein Haus", "zwei")
    assert pairs.targets == (("a", "house"), ("two",))
    assert pairs.summary == "2 pairs"
    assert from_lists(np.array(["x", "y"])).sources == ("x", "y")
    assert from_lists(["x"]).targets is None


def test_rows_can_be_taken_in_any_order():
    pairs = from_lists(list("abc"), list("xyz")).take(np.array([2, 0]))
    assert (pairs.sources, pairs.targets, pairs.places) == (("c", "a"), ("z", "x"), ("pair 2", "pair 0"))
    assert from_lists(list("abc")).take(np.array([1])).targets is None


def test_the_fingerprint_tells_other_data_apart():
    prints = [
        from_lists(X, y).fingerprint()["sha256"]
        for X, y in ((["a"], ["b"]), (["a"], None), (["b"], ["a"]), (["a", "b"], ["b", "a"]), ([["a"]], ["b"]))
    ]
    assert len(set(prints)) == len(prints)
    assert from_lists(["a"], ["b"]).fingerprint() == {"sha256": prints[0], "pairs": 1}


@pytest.mark.parametrize(
    ("sources", "targets", "message"),
    [
        (["a", "b"], ["x"], "X has 2 sources and y 1 target;"),
        (["a", "  "], ["x", "y"], "pair 1: the source is empty"),
        (["a", "b"], ["x", ""], "pair 1: the target is empty"),
        ([["a"], []], None, "pair 1: the source is empty"),
        (["a", ["b"]], None, "pair 1: the source is a list of tokens, those before are texts"),
        ([["a"], "b"], None, "pair 1: the source is a text, those before are lists of tokens"),
        ([["a", 3]], None, r"X\[0\], token 1: 3 is not a token"),
        ([["a", ""]], None, r"X\[0\], token 1: '' is not a token"),
        ([4], None, r"X\[0\]: 4 is neither a text nor a list of tokens"),
        ("abc", None, "X: 'abc' is not a list"),
        ([], None, "there are no sources"),
    ],
)
def test_what_cannot_be_used_is_named(sources, targets, message):
    with pytest.raises(DataError, match=message):
        from_lists(sources, targets)


def test_targets_are_asked_for_where_they_are_needed():
    with pytest.raises(DataError, match="have no targets"):
        from_lists(["a"]).required_targets()
    assert from_lists(["a"], ["b"]).required_targets() == ("b",)
    assert Pairs(("a",), None, ("here",)).summary == "1 source"
