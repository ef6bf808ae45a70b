from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.corpus import Corpus, as_text, in_order, lines_in_order, read_text
from tidegate.errors import ConfigurationError, DataError

TEXT = "Füchse\nund  Hasen\n"


@pytest.mark.parametrize(("ending", "pack"), [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)])
def test_a_file_is_read_as_it_stands_but_for_line_ends_and_packing(tmp_path: Path, ending, pack):
    path = tmp_path / f"fable.txt{ending}"
    path.write_bytes(pack(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()))
    assert read_text(path) == TEXT
    assert as_text(path) == as_text(str(path)) == TEXT


def test_what_is_not_utf_8_is_told_with_line_and_column(tmp_path: Path):
    path = tmp_path / "latin.txt"
    path.write_bytes("erste\nä".encode() + "zweite ö".encode("latin-1"))
    with pytest.raises(DataError, match=r"latin\.txt, line 2, column 9: byte 0xf6 is not UTF-8"):
        read_text(path)


@pytest.mark.parametrize(("content", "told"), [(b"", "the file is empty"), (b" \n\n", "white space only")])
def test_a_file_without_text_is_refused(tmp_path: Path, content, told):
    path = tmp_path / "nothing.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=told):
        read_text(path)


def test_a_file_that_is_not_there_is_not_taken_for_a_text():
    with pytest.raises(DataError, match=r"novel\.txt: there is no such file"):
        as_text("novel.txt")


def test_text_and_lines_are_taken_as_they_are():
    assert as_text("a b.txt\nc") == "a b.txt\nc"
    assert as_text(["one", "two\n"]) == "one\ntwo\n"


@pytest.mark.parametrize(("given", "told"), [("", "empty"), ([], "empty"), (3, "not int"), (["a", 3], "line 1 .* int")])
def test_what_is_no_text_is_refused(given, told):
    with pytest.raises(DataError, match=told):
        as_text(given)


@given(st.text("ab\n", min_size=1), st.floats(0.05, 0.9))
def test_parts_are_the_text_in_order(text, share):
    shares = (1 - share, share / 2, share / 2)
    for cut in (in_order, lines_in_order):
        parts = cut(text, *shares)
        assert "".join(parts) == text
        assert len(parts) == 3
    assert all(part == "" or part.endswith("\n") for part in lines_in_order(text, *shares)[:-1])


def test_parts_have_their_shares():
    assert [len(part) for part in in_order("x" * 1000, 0.9, 0.05, 0.05)] == [900, 50, 50]
    with pytest.raises(ConfigurationError, match="add up to 1"):
        in_order("abc", 0.9, 0.05)


def test_a_corpus_has_its_lines_as_examples():
    corpus = Corpus("one\n\nthree\nfour")
    assert corpus.lines == ["one", "", "three", "four"]
    assert corpus.take(np.array([2, 0])).text == "three\none\n"
    assert corpus.fingerprint() != Corpus("one").fingerprint()
    assert corpus.summary == "15 characters, 4 lines"
