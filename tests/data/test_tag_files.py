"""Files by their endings, packed or not, and the columns named for them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tidegate.data.tag_files import file_format, open_tagged
from tidegate.errors import ConfigurationError, DataError

TABLE = "sentence,token,tag\n1,He,P\n1,sees,V\n2,So,X\n"
CONLL = "He P\nsees V\n\nSo X\n"
CONLLU = "".join(
    "".join(f"{place}\t{token}\t_\t{tag}\t_\t_\t_\t_\t_\t_\n" for place, (token, tag) in enumerate(sentence, 1)) + "\n"
    for sentence in ([("He", "P"), ("sees", "V")], [("So", "X")])
)
Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.conllu", CONLLU, "CoNLL-U"),
        ("a.conllu.gz", CONLLU, "CoNLL-U"),
        ("a.txt", CONLL, "CoNLL"),
        ("a.bio.gz", CONLL, "CoNLL"),
        ("a.tsv", CONLL.replace(" ", "\t"), "CoNLL"),
        ("a.csv", TABLE, "table"),
        ("a.csv.gz", TABLE, "table"),
        ("a.tsv", TABLE.replace(",", "\t"), "table"),
        ("a.TSV.gz", TABLE.replace(",", "\t"), "table"),
    ],
)
def test_the_same_sentences_however_written(write: Write, name: str, content: str, kind: str) -> None:
    raw = content.encode()
    path = write(gzip.compress(raw) if name.endswith(".gz") else raw, name)
    assert file_format(path) == kind
    tagged = open_tagged(path, {}).read()
    assert tagged.tokens == [["He", "sees"], ["So"]]
    assert tagged.tags == [["P", "V"], ["X"]]
    assert tagged.names["format"] == kind
    remembered = {part: column for part, column in tagged.names.items() if part != "format"}
    assert open_tagged(path, remembered).read() == tagged


def test_parquet(tmp_path: Path) -> None:
    pl.DataFrame({"sentence": [1, 1], "token": ["a", "b"], "tag": ["X", "Y"]}).write_parquet(tmp_path / "a.parquet")
    assert open_tagged(tmp_path / "a.parquet", {}).read().tags == [["X", "Y"]]


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("a.txt", "He PRP\nsees VB\n", {"token": "0", "tag": "2"}),
        ("a.csv", "sentence,token\n1,He\n1,sees\n", {"sentence": "sentence", "token": "token", "tag": "tag"}),
    ],
)
def test_the_column_of_tags_may_be_absent_where_none_are_asked_for(
    write: Write, name: str, content: str, columns: dict[str, str]
) -> None:
    path = write(content, name)
    assert not open_tagged(path, columns, tagged=False).read().has_tags
    with pytest.raises(ConfigurationError, match=r"there is no column '?(2|tag)"):
        open_tagged(path, columns)


def test_parts_that_no_file_has(write: Write) -> None:
    with pytest.raises(ConfigurationError, match="no part is called 'text'; there are sentence, token, tag"):
        open_tagged(write(CONLL, "a.txt"), {"text": "0"})
    with pytest.raises(ConfigurationError, match="name no column of sentences"):
        open_tagged(write(CONLL, "a.txt"), {"sentence": "0"})


def test_bad_packed_tables_are_named_with_their_line(write: Write) -> None:
    path = write(gzip.compress(b"sentence,token\n1,He,\n"), "a.csv.gz")
    with pytest.raises(DataError, match=r"a.csv.gz, line 2: 3 fields, where the header has 2"):
        open_tagged(path, {})
