from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.artefact.header import from_json, to_json
from tidegate.errors import ArtefactError

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), plain))
def test_plain_values_come_back_as_they_were_and_the_text_is_standard_json(content: dict[str, Any]) -> None:
    text = to_json(content)
    assert from_json(text) == content
    json.loads(text, parse_constant=pytest.fail)


def test_a_key_that_looks_like_the_tag_survives() -> None:
    content = {"$float": {"$float": "nan", "other": [{"$float": {"value": 1}}]}}
    assert from_json(to_json(content)) == content


def test_infinities_and_nan_survive() -> None:
    found = from_json(to_json({"a": [math.inf, -math.inf, math.nan], "b": np.float32("nan")}))
    assert found["a"][:2] == [math.inf, -math.inf]
    assert math.isnan(found["a"][2])
    assert math.isnan(found["b"])


@given(st.permutations(list("abcdef")))
def test_the_order_of_keys_does_not_matter(keys: list[str]) -> None:
    assert to_json({key: {"x": 1} for key in keys}) == to_json({key: {"x": 1} for key in sorted(keys)})


def test_numpy_scalars_and_tuples_become_plain() -> None:
    found = from_json(to_json({"n": np.int64(3), "x": np.float64(0.1), "yes": np.bool_(True), "shape": (2, 3)}))
    assert found == {"n": 3, "x": 0.1, "yes": True, "shape": [2, 3]}
    assert {name: type(value) for name, value in found.items()} == {"n": int, "x": float, "yes": bool, "shape": list}


@pytest.mark.parametrize(
    "value", [object(), np.zeros(2), {1, 2}, b"x", 1j, np.complex64(1), np.datetime64("2020"), np.longdouble(1)]
)
def test_what_is_not_plain_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(ArtefactError, match=r"^metrics\.list\[1\]: a .* cannot be written"):
        to_json({"metrics": {"list": [0, value]}})


@pytest.mark.parametrize("key", [1, None, np.str_("a")])
def test_keys_that_would_not_come_back_are_refused(key: object) -> None:
    with pytest.raises(ArtefactError, match=r"metrics: .* cannot be a key"):
        to_json({"metrics": {key: 1}})


def test_content_that_contains_itself_is_refused() -> None:
    content: dict[str, Any] = {}
    content["again"] = content
    with pytest.raises(ArtefactError, match="contains itself"):
        to_json(content)


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', '{"$float": "1.5"}', '{"$float": "x"}', "{"])
def test_text_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_json(text)


def test_a_tag_without_its_value_is_refused() -> None:
    with pytest.raises(LookupError):
        from_json('{"$float": {}}')
