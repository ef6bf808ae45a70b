import gzip

import polars as pl
import pytest

from tidegate.data.labelled_files import read_labelled
from tidegate.data.labelled_values import labelled_values
from tidegate.errors import ConfigurationError, DataError


def read(tmp_path, name, content, names=None, labelled=True):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_labelled(path, names or {}, labelled=labelled)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", 'id_no,Text,LABEL\n1,"good, really",pos\n2,bad,neg\n'),
        ("r.tsv", "id_no\tText\tLABEL\n1\tgood, really\tpos\n2\tbad\tneg\n"),
        ("r.tsv", 'id_no\tText\tLABEL\r\n1\t"good, really"\tpos\r\n2\tbad\tneg'),
    ],
)
def test_columns_are_found_by_name_in_any_case(tmp_path, name, content):
    records = read(tmp_path, name, content)

    assert list(records.inputs) == ["good, really", "bad"]
    assert records.targets == ("pos", "neg")
    assert records.names == {"text": "Text", "label": "LABEL"}
    assert records.places[1] == f"{tmp_path / name}, line 3"
    assert records.summary == "2 texts"


def test_columns_are_named_by_the_caller(tmp_path):
    names = {"text": "review", "label": "stars"}
    assert read(tmp_path, "r.csv", "stars,review\n3,fine\n1,awful\n", names).targets == ("3", "1")
    assert read(tmp_path, "r.tsv", "stars\treview\n3\tfine\n1\tawful\n", names).targets == ("3", "1")


def test_parquet_and_packed_files_are_read(tmp_path):
    pl.DataFrame({"text": ["a", "b"], "label": [1, 0]}).write_parquet(tmp_path / "r.parquet")
    assert read_labelled(tmp_path / "r.parquet", {}).targets == ("1", "0")
    assert read(tmp_path, "r.csv.gz", gzip.compress(b"text,label\na,1\nb,0\n")).targets == ("1", "0")
    assert read(tmp_path, "r.tsv.gz", gzip.compress(b"a\t1\nb\t0\nc\t1\n")).targets == ("1", "0", "1")


def test_of_two_columns_without_a_header_the_one_with_fewer_values_is_the_label(tmp_path):
    content = '1\tit was "fine" and so on\n0\tawful\n1\tgreat\n'
    records = read(tmp_path, "r.tsv", content)

    assert records.targets == ("1", "0", "1")
    assert list(records.inputs) == ['it was "fine" and so on', "awful", "great"]
    assert records.places[0].endswith("line 1")
    assert "column 1 (2 different values) is taken for the label" in records.notes[0]
    # the same columns play the same parts in the next file, whatever it holds
    again = read(tmp_path, "n.tsv", "1\tgreat\n", records.names)
    assert (again.targets, list(again.inputs)) == (("1",), ["great"])


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ("fine film\tpos\ndull film\tneg\n", ("pos", "neg")),  # as many texts as labels: the second is the label
        ("pos\tfine film\nneg\tdull film\nneg\tdull film\n", ("pos", "neg", "neg")),
        ("pos\tfine film\nodd\tdull film\n", ("pos", "odd")),  # one not known makes no difference
        ("same film\tpos\nsame film\tneg\n", ("pos", "neg")),
    ],
)
def test_the_column_of_known_classes_is_the_label(tmp_path, content, labels):
    path = tmp_path / "r.tsv"
    path.write_text(content)
    for labelled in (True, False):
        records = read_labelled(path, {}, labelled=labelled, classes=["neg", "pos"])
        assert records.targets == (labels if labelled else None)
        assert all("film" in text for text in records.inputs)


def test_of_as_many_different_values_in_both_columns_the_second_is_the_label(tmp_path):
    records = read(tmp_path, "r.tsv", "fine film\tpos\ndull film\tneg\n")
    assert (list(records.inputs), records.targets) == (["fine film", "dull film"], ("pos", "neg"))
    assert "column 2 (2 different values) is taken for the label" in records.notes[0]
    alone = read(tmp_path, "n.tsv", "great film\n", {"text": "column 2", "label": "column 1"}, labelled=False)
    assert list(alone.inputs) == ["great film"]


def test_a_column_called_target_holds_the_labels_where_none_is_called_label(tmp_path):
    records = read(tmp_path, "r.csv", "text,Target\na,1\nb,2\n")
    assert (records.targets, records.names["label"]) == (("1", "2"), "Target")
    assert read(tmp_path, "r.csv", "text,target,label\na,1,x\nb,2,y\n").targets == ("x", "y")
    headed = read(tmp_path, "a.tsv", "text\ttarget\na\t1\nb\t0\nc\t1\n")
    assert headed.targets == ("1", "0", "1")
    assert read(tmp_path, "b.tsv", "a\t1\nb\t0\nc\t1\n", headed.names).targets == ("1", "0", "1")


def test_a_label_is_text_and_absent_only_where_nothing_stands(tmp_path):
    assert read(tmp_path, "r.csv", "text,label\na,NA\nb,None \nc,null\n").targets == ("NA", "None", "null")
    with pytest.raises(DataError, match="row 1, column 'label': empty"):
        labelled_values(pl.DataFrame({"text": ["a", "b"], "label": [1.0, float("nan")]}))


def test_what_was_read_with_a_header_is_read_without_one_and_the_other_way_round(tmp_path):
    headed, bare = "Text\tLabel\ngood one\t1\nbad\t0\nfine\t1\n", "good one\t1\nbad\t0\nfine\t1\n"
    for first, second in ((headed, bare), (bare, headed)):
        names = read(tmp_path, "a.tsv", first).names
        records = read(tmp_path, "b.tsv", second, names)
        assert (records.targets, list(records.inputs)) == (("1", "0", "1"), ["good one", "bad", "fine"])
    with pytest.raises(DataError, match="no column is called label or review"):
        read(tmp_path, "c.tsv", bare, {"text": "review"})


def test_a_column_is_not_text_and_label_at_once(tmp_path):
    with pytest.raises(DataError, match="column 'label' cannot be both text and label"):
        read(tmp_path, "a.csv", "text,label\ngood,1\nbad,0\n", {"text": "label"})


def test_without_labels_texts_are_enough(tmp_path):
    assert list(read(tmp_path, "r.csv", "text\na\nb\n", labelled=False).inputs) == ["a", "b"]
    assert list(read(tmp_path, "r.tsv", "a b\nc\n", labelled=False).inputs) == ["a b", "c"]
    records = read(tmp_path, "r.txt", "a b\nc\n\n", labelled=False)
    assert (list(records.inputs), records.targets) == (["a b", "c"], None)


def test_a_folder_holds_a_file_for_each_class(tmp_path):
    (tmp_path / "Italian.txt").write_text("Rossi\nBianchi\n")
    (tmp_path / "Greek.txt").write_text("Pappas\n")
    (tmp_path / ".hidden.txt").write_text("x\n")
    records = read_labelled(tmp_path, {})

    assert list(records.inputs) == ["Pappas", "Rossi", "Bianchi"]
    assert records.targets == ("Greek", "Italian", "Italian")
    assert records.places[2] == f"{tmp_path / 'Italian.txt'}, line 2"
    assert records.notes == ()


def test_classes_of_a_folder_may_have_points_and_what_is_no_class_is_told(tmp_path):
    (tmp_path / "U.S.txt").write_text("Smith\n")
    (tmp_path / "U.K.txt.gz").write_bytes(gzip.compress(b"Smythe\n"))
    (tmp_path / "U.A.E.TXT").write_text("Ali\n")
    (tmp_path / "README").write_text("names\n")
    assert set(read_labelled(tmp_path, {}).targets) == {"U.S", "U.K", "U.A.E"}
    assert read_labelled(tmp_path, {}).notes == ("Left out, as the name does not end in .txt: 1 file (README).",)
    for number in range(6):
        (tmp_path / f"x{number}.csv").write_text("a\n")
    assert "7 files (README, x0.csv, x1.csv, x2.csv, x3.csv and 2 more)" in read_labelled(tmp_path, {}).notes[0]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.csv", "", r"r\.csv: the file is empty"),
        ("r.csv", "text,label\n", r"r\.csv: there are no rows"),
        ("r.csv", "text,label\na,1\n  ,0\n", r"r\.csv, line 3, column 'text': empty"),
        ("r.csv", "text,label\na,1\nb,\n", r"r\.csv, line 3, column 'label': empty"),
        ("r.csv", "text,label\na,1\nb\n", r"r\.csv, line 3: 1 field, where the header has 2"),
        (
            "r.csv",
            "words,label\na,1\n",
            r"no column is called 'text'; rename one, or name it to `fit` by --text; there are: label, words",
        ),
        (
            "r.csv",
            ",".join(f"c{number}" for number in range(20)) + ",txt,label\n" + "," * 20 + "a,1\n",
            r"no column is called 'text'; rename one, or name it to `fit` by --text; did you mean 'txt'\?",
        ),
        (
            "r.tsv",
            "\t".join(f"c{number}" for number in range(20)) + "\ttxt\tlabl\n" + "\t" * 21 + "\n",
            r"no column is called label or text; .* --text and --label; did you mean 'txt'\?",
        ),
        ("r.csv", b"text,label\na,1\n\xff,0\n", r"r\.csv, line 3, column 1: byte 0xff is not UTF-8"),
        ("r.tsv", "", r"r\.tsv: the file is empty"),
        ("r.tsv", "a\t1\nb\t0\nc\n", r"r\.tsv, line 3: 1 field, where line 1 has 2"),
        ("r.tsv", "a\t1\n\nb\t0\n", r"r\.tsv, line 2: the line is blank"),
        ("r.tsv", "a\t1\n \t0\nb\t1\n", r"r\.tsv, line 2, column 'column 1': empty"),
        ("r.tsv", "a\tb\tc\n1\t2\t3\n", r"r\.tsv, line 1: no column is called label or text; .* there are: a, b, c"),
        ("r.tsv", "text\ttext\n1\t2\n", r"r\.tsv, line 1: column name 'text' stands there more than once"),
        ("r.tsv", "just one column\nb\n", "one column only; labels are needed too"),
        (
            "r.tsv",
            "mood\ttext here\n" + "".join(f"{k % 2}\tt{k}\n" for k in range(12)),
            "'mood' occurs as a label here",
        ),
        ("r.txt", "a\nb\n", "a .txt file has no labels"),
        ("r.xls", "a", "files ending in '.xls' cannot be read; the endings known are .csv, .tsv, .parquet, .ts, .txt"),
        ("r.xz", "a", r"r\.xz: the name does not tell what is packed; an ending is needed before .xz, such as .csv.xz"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path, name, content, words):
    with pytest.raises(DataError, match=words):
        read(tmp_path, name, content)


def test_a_folder_without_classes_and_an_unknown_part_are_told(tmp_path):
    with pytest.raises(DataError, match=r"no \.txt file is in this folder"):
        read_labelled(tmp_path, {})
    with pytest.raises(ConfigurationError, match="no part is called 'txet'"):
        read(tmp_path, "r.csv", "text,label\na,1\n", {"txet": "a"})
    (tmp_path / "A.txt").write_text("a\n\nb\n")
    with pytest.raises(DataError, match=r"A\.txt, line 2: the text is empty"):
        read_labelled(tmp_path, {})
    (tmp_path / "A.txt").write_text("\n \n")
    with pytest.raises(DataError, match=r"A\.txt: no line holds a text"):
        read_labelled(tmp_path, {})
