"""CoNLL and CoNLL-U files: what is read, skipped, refused, and written back with other tags."""

from __future__ import annotations

import lzma
import re
from pathlib import Path

import pytest

from tidegate.data.conll import ConllFile
from tidegate.errors import ConfigurationError, DataError

CHUNKS = "-DOCSTART- -X- O\n\nHe PRP B-NP\nreckons\tVBZ  B-VP\n\n \n# # B-NP\n9 CD I-NP\n"
UNIVERSAL = """# sent_id = 1
# text = don't go
1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_
1\tdo\tdo\tAUX\tVB\tVerbForm=Fin\t0\troot\t_\t_
2\tn't\tnot\tPART\tRB\t_\t1\tadvmod\t_\t_
3\tgo\tgo\tVERB\tVB\t_\t1\tdep\t_\t_
3.1\tleft out\t_\tNOUN\t_\t_\t_\t_\t_\t_

1\tin spite\tin\tADP\tIN\t_\t0\troot\t_\t_
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(lzma.compress(text.encode()) if name.endswith(".xz") else text.encode())
    return path


def test_columns_by_white_space(tmp_path: Path) -> None:
    path = written(tmp_path, "chunks.txt", CHUNKS)
    tagged = ConllFile.open(path).read()
    assert tagged.tokens == [["He", "reckons"], ["#", "9"]]
    assert tagged.tags == [["B-NP", "B-VP"], ["B-NP", "I-NP"]]
    assert [sentence.place for sentence in tagged.sentences] == [f"{path}, line 3", f"{path}, line 7"]
    assert tagged.notes == (f"{path}: 1 -DOCSTART- lines skipped",)
    assert ConllFile.open(path, tag="1").read().tags == [["PRP", "VBZ"], ["#", "CD"]]
    assert ConllFile.open(path, token=2, tag=-2).read().tokens == [["B-NP", "B-VP"], ["B-NP", "I-NP"]]


def test_a_new_document_is_a_new_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, "chunks.txt", "a X\n-DOCSTART- O\nb Y\n")
    assert ConllFile.open(path).read().tokens == [["a"], ["b"]]


@pytest.mark.parametrize("text", ["He\n\nSo\n", "He PRP\n\nSo RB\n"])
def test_columns_before_that_of_the_tags_will_do_where_none_are_asked_for(tmp_path: Path, text: str) -> None:
    file = ConllFile.open(written(tmp_path, "tokens.txt", text), token="0", tag="2", tagged=False)
    assert file.with_tags([["X"], ["Y"]]) == text.replace("\n\n", " X\n\n")[:-1] + " Y\n"


def test_universal_columns_by_name(tmp_path: Path) -> None:
    path = written(tmp_path, "words.conllu.xz", UNIVERSAL)
    tagged = ConllFile.open(path).read()
    assert tagged.tokens == [["do", "n't", "go"], ["in spite"]]
    assert tagged.tags == [["AUX", "PART", "VERB"], ["ADP"]]
    assert tagged.notes == (f"{path}: 2 lines of contractions and words left out (ids as 3-4, 5.1) skipped",)
    assert ConllFile.open(path, tag="xpos").read().tags == [["VB", "RB", "VB"], ["IN"]]
    assert ConllFile.open(path, tag="feats").read().tags == [["VerbForm=Fin", "_", "_"], ["_"]]


def test_files_without_tags(tmp_path: Path) -> None:
    assert not ConllFile.open(written(tmp_path, "tokens.txt", "He\nreckons\n\nSo\n")).read().has_tags
    bare = re.sub("AUX|PART|VERB", "_", UNIVERSAL)
    path = written(tmp_path, "bare.conllu", bare.replace("ADP", "_"))
    assert not ConllFile.open(path).read().has_tags
    with pytest.raises(DataError, match=r"bare.conllu, line 4: the sentence has no tags, others have"):
        ConllFile.open(written(tmp_path, "bare.conllu", bare)).read()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_other_tags_are_written_in_place_and_all_else_stays(tmp_path: Path, ending: str) -> None:
    chunks = ConllFile.open(written(tmp_path, "chunks.txt", CHUNKS.replace("\n", ending)))
    assert chunks.with_tags(chunks.read().tags) == CHUNKS.replace("\n", ending)
    told = "-DOCSTART- -X- O\n\nHe PRP X\nreckons\tVBZ  Y\n\n \n# # Z\n9 CD Q\n"
    assert chunks.with_tags([["X", "Y"], ["Z", "Q"]]) == told.replace("\n", ending)
    cut = tmp_path / "cut.txt"
    cut.write_bytes(f"\ufeffa X{ending}b Y".encode())  # a mark at the start, and no end of the last line
    assert ConllFile.open(cut).with_tags([["P", "Q"]]) == f"\ufeffa P{ending}b Q"
    universal = ConllFile.open(written(tmp_path, "words.conllu", UNIVERSAL))
    assert universal.with_tags(universal.read().tags) == UNIVERSAL
    assert universal.with_tags([["A", "B", "C"], ["D"]]).count("\tAUX\t") == 0
    tokens = ConllFile.open(written(tmp_path, "tokens.txt", "He\nreckons\n\nSo"))
    assert tokens.with_tags([["X", "Y"], ["Z"]]) == "He X\nreckons Y\n\nSo Z"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("ragged.txt", "He PRP B-NP\nis VBZ\n", r"ragged.txt, line 2: 2 columns by white space, where .* has 3"),
        ("short.conllu", UNIVERSAL.replace("root\t_\t_", "root\t_"), r"short.conllu, line 4: 9 columns by tabs.* 10"),
        ("hole.conllu", UNIVERSAL.replace("PART", "_"), r"hole.conllu, line 5, column 4: the token has no tag"),
        ("void.conllu", UNIVERSAL.replace("\tgo\tgo", "\t\tgo"), r"void.conllu, line 6, column 2: the token is empty"),
        ("blank.txt", "\n \n", "blank.txt: there are no sentences"),
        ("only.conllu", "# text = nothing\n", "only.conllu: there are no sentences"),
        ("empty.txt", "", "empty.txt: the file is empty"),
    ],
)
def test_bad_files_are_named_with_line_and_column(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        ConllFile.open(written(tmp_path, name, text)).read()


def test_tags_that_are_not_asked_for_may_be_missing(tmp_path: Path) -> None:
    path = written(tmp_path, "hole.conllu", UNIVERSAL.replace("PART", "_"))
    assert not ConllFile.open(path).read(tagged=False).has_tags


def test_no_such_column(tmp_path: Path) -> None:
    chunks, universal = written(tmp_path, "chunks.txt", CHUNKS), written(tmp_path, "words.conllu", UNIVERSAL)
    with pytest.raises(ConfigurationError, match=r"chunks.txt: there is no column 3, only 0 to 2"):
        ConllFile.open(chunks, tag=3)
    with pytest.raises(ConfigurationError, match=r"no column 'upos'; columns of this file are told by number"):
        ConllFile.open(chunks, tag="upos")
    with pytest.raises(ConfigurationError, match=r"no column 'ups'; .* by name \(id, form"):
        ConllFile.open(universal, tag="ups")


def test_one_column_cannot_hold_both_tokens_and_tags(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"chunks.txt: column 2 cannot be both token and tag"):
        ConllFile.open(written(tmp_path, "chunks.txt", CHUNKS), token=2)
    with pytest.raises(ConfigurationError, match=r"w.conllu: column form cannot be both token and tag"):
        ConllFile.open(written(tmp_path, "w.conllu", UNIVERSAL), tag="form")
