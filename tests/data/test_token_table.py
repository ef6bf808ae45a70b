"""Tables of one token a row become sentences."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tidegate.data.table import read_table
from tidegate.data.token_table import TokenTable
from tidegate.errors import ConfigurationError, DataError

ROWS = 'sentence,token,tag\n1,He,P\n1,"""",Q\n2,So,X\n'


def table(folder: Path, text: str = ROWS):
    path = folder / "tokens.csv"
    path.write_text(text)
    return read_table(path)


def test_rows_of_one_sentence_stand_together(tmp_path: Path) -> None:
    tagged = TokenTable.of(table(tmp_path)).read()
    assert tagged.tokens == [["He", '"'], ["So"]]
    assert tagged.tags == [["P", "Q"], ["X"]]
    assert [one.place for one in tagged.sentences] == [f"{tmp_path}/tokens.csv, line {line}" for line in (2, 4)]


def test_only_the_first_row_names_the_sentence(tmp_path: Path) -> None:
    text = "Sentence #,Word,POS,Tag\nSentence: 1,He,P,O\n,sees,V,O\nSentence: 2,So,R,B-x\n"
    tagged = TokenTable.of(table(tmp_path, text)).read()
    assert tagged.tokens == [["He", "sees"], ["So"]]
    assert tagged.tags == [["O", "O"], ["B-x"]]
    assert TokenTable.of(table(tmp_path, text), tag="POS").read().tags == [["P", "V"], ["R"]]


def test_frames_and_other_names() -> None:
    frame = pl.DataFrame({"s": [7, 7, 3], "w": ["a", "b", "c"]})
    found = TokenTable.of(read_table(frame), sentence="s", token="w")
    assert found.read().tokens == [["a", "b"], ["c"]]
    assert not found.read().has_tags


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROWS + "1,again,P\n", r"line 5, column 'sentence': sentence '1' began in line 2 already"),
        (ROWS + "3,,P\n", r"line 5, column 'token': there is nothing"),
        (ROWS + "3,x,\n", r"line 5, column 'tag': there is nothing"),
        ("sentence,tag\n1,P\n", r"tokens.csv: no column holds the tokens \('token', 'word'"),
        ("token,tag\nHe,P\n", r"tokens.csv: no column holds the sentences .*name it to `fit` by --sentence"),
    ],
)
def test_bad_tables_are_named_with_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        TokenTable.of(table(tmp_path, text)).read()


def test_tags_that_are_not_asked_for_may_be_missing(tmp_path: Path) -> None:
    found = TokenTable.of(table(tmp_path, ROWS + "3,x,\n"), tagged=False).read(tagged=False)
    assert found.tokens == [["He", '"'], ["So"], ["x"]]
    assert not found.has_tags


def test_no_such_column(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no column 'word', only 'sentence', 'token', 'tag'"):
        TokenTable.of(table(tmp_path), token="word")


def test_one_column_cannot_hold_both_tokens_and_tags(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"tokens.csv: column 'token' cannot be both token and tag"):
        TokenTable.of(table(tmp_path), tag="token")
