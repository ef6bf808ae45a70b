"""The two ways to lay a token out on a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.conll_layouts import UNIVERSAL_COLUMNS, Layout, Universal, WhiteSpace
from tidegate.errors import ConfigurationError

LAYOUTS: list[Layout] = [WhiteSpace(), Universal()]


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("", ("blank", "blank")),
        (" \t", ("blank", "blank")),
        ("# text = a", ("token", "remark")),
        ("-DOCSTART- -X- O", ("skipped", "token")),
        ("3-4\tdon't", ("token", "skipped")),
        ("5.1\tword", ("token", "skipped")),
        ("5\tword", ("token", "token")),
        ("\N{NO-BREAK SPACE}\tX", ("token", "token")),
    ],
)
def test_what_a_line_is(line: str, kinds: tuple[str, str]) -> None:
    assert tuple(layout.kind(line) for layout in LAYOUTS) == kinds


words = st.text(st.characters(blacklist_characters=" \t\n\r", blacklist_categories=("Cs",)), min_size=1, max_size=6)


@given(st.lists(st.tuples(words, st.sampled_from([" ", "\t", "  ", " \t"])), min_size=1, max_size=5), words, st.data())
def test_a_replaced_column_changes_nothing_else(parts: list[tuple[str, str]], text: str, data: st.DataObject) -> None:
    line = "".join(word + gap for word, gap in parts).rstrip(" \t")
    layout, fields = WhiteSpace(), [word for word, _ in parts]
    assert layout.fields(line) == fields
    place = data.draw(st.integers(0, len(fields) - 1))
    assert layout.replaced(line, place, fields[place]) == line
    assert layout.fields(layout.replaced(line, place, text)) == [*fields[:place], text, *fields[place + 1 :]]
    assert layout.fields(layout.replaced(line, None, text)) == [*fields, text]


def test_ten_columns_by_tabs() -> None:
    layout = Universal()
    line = "1\tin spite\t\tADP" + "\t_" * 6
    assert layout.fields(line)[1:4] == ["in spite", "", "ADP"]
    assert layout.replaced(line, 3, "X") == layout.replaced(line, None, "X") == line.replace("ADP", "X")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_column_is_found_by_its_name(layout: Layout) -> None:
    assert [layout.place(layout.name(place), 10) for place in range(10)] == list(range(10))
    assert layout.place(-1, 10) == layout.place("-1", 10) == layout.place(9, 10) == 9
    for wrong in (10, "-11"):
        with pytest.raises(ConfigurationError, match=f"no column {wrong}, only 0 to 9"):
            layout.place(wrong, 10)


def test_no_features_are_features_but_no_tag_is_none() -> None:
    layout = Universal()
    absent = [name for place, name in enumerate(UNIVERSAL_COLUMNS) if layout.is_absent("_", place)]
    assert "upos" in absent
    assert "feats" not in absent
    assert not WhiteSpace().is_absent("_", 1)
