import gzip
import lzma

import polars as pl
import pytest

from tidegate.data.pair_files import read_pairs
from tidegate.errors import ConfigurationError, DataError

GERMAN, ENGLISH = ("Ein Haus.", "Grüße, „Welt“"), ("A house.", 'Greetings, "world"')


def texts(folder, source=GERMAN, target=ENGLISH):
    (folder / "train.de").write_text("\n".join(source) + "\n", encoding="utf-8")
    (folder / "train.en").write_text("\n".join(target) + "\n", encoding="utf-8")
    return folder / "train.de"


def sides(pairs):
    return pairs.sources, pairs.targets


def test_two_aligned_files_are_told_apart_by_their_endings(tmp_path):
    pairs = read_pairs(texts(tmp_path), {"target": "en"})
    assert sides(pairs) == (GERMAN, ENGLISH)
    assert pairs.places[1] == f"{tmp_path / 'train.de'}, line 2"
    assert pairs.names == {"target": "en"}


def test_a_prefix_is_completed_and_packed_files_are_read(tmp_path):
    path = texts(tmp_path)
    (tmp_path / "train.de.gz").write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / "train.en.xz").write_bytes(lzma.compress((tmp_path / "train.en").read_bytes()))
    path.unlink()
    (tmp_path / "train.en").unlink()
    names = {"source": "de", "target": ".en"}
    assert sides(read_pairs(tmp_path / "train", names)) == (GERMAN, ENGLISH)
    assert sides(read_pairs(tmp_path / "train.de.gz", {"target": "en"})) == (GERMAN, ENGLISH)


def test_sources_alone_need_no_file_beside_them(tmp_path):
    path = texts(tmp_path)
    (tmp_path / "train.en").unlink()
    assert sides(read_pairs(path, {"target": "en"}, targets=False)) == (GERMAN, None)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".csv.gz", ".parquet"])
def test_tables_are_read_by_the_names_of_their_columns(tmp_path, ending):
    frame = pl.DataFrame({"id": [1, 2], "source": GERMAN, "target": ENGLISH})
    path = tmp_path / f"pairs{ending}"
    if ending == ".parquet":
        frame.write_parquet(path)
    else:
        text = frame.write_csv(separator="\t" if "tsv" in ending else ",").encode()
        path.write_bytes(gzip.compress(text) if ending.endswith(".gz") else text)
    pairs = read_pairs(path, {})
    assert sides(pairs) == (GERMAN, ENGLISH)
    assert pairs.names == {"source": "source", "target": "target"}
    assert sides(read_pairs(path, {"source": "target", "target": "source"})) == (ENGLISH, GERMAN)
    assert sides(read_pairs(path, {}, targets=False)) == (GERMAN, None)


def test_a_tsv_of_two_columns_needs_no_header(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text('ein "Haus\ta "house\nzwei\ttwo\n')
    assert sides(read_pairs(path, {})) == (('ein "Haus', "zwei"), ('a "house', "two"))
    assert sides(read_pairs(path, {}, targets=False)) == (('ein "Haus', "zwei"), None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\tb\nc\n", "line 2: 1 field, where line 1 has 2"),
        (b"a\tb\nc\td\te\n", "line 2: 3 fields, where line 1 has 2"),
        (b"a\tb\n\tx\n", "line 2: the source is empty"),
        (b"a\tb\nc\t \n", "line 2: the target is empty"),
        (b"a\tb\n\xe4\tx\n", "line 2, column 1: byte 0xe4 is not UTF-8"),
        (b"", "the file is empty"),
        (b"source\ttarget\n", "there are no rows"),
        (b"source\ttarget\na\n", "line 2: 1 field, where line 1 has 2"),
    ],
)
def test_what_cannot_be_used_of_a_table_is_named(tmp_path, content, message):
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_pairs(path, {})
    assert str(path) in str(caught.value)


def test_a_header_is_known_in_any_case_and_half_of_one_is_refused(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("Source\tTARGET\nein\ta\n")
    pairs = read_pairs(path, {})
    assert sides(pairs) == (("ein",), ("a",))
    assert pairs.names == {"source": "Source", "target": "TARGET"}
    path.write_text("source\tenglish\nein\ta\n")
    with pytest.raises(ConfigurationError, match="no column 'target' of the targets; there are: english, source"):
        read_pairs(path, {})
    assert sides(read_pairs(path, {"target": "english"})) == (("ein",), ("a",))
    path.write_text("text\tsource\ttarget\nx\tein\t \n")
    with pytest.raises(DataError, match=r"pairs\.tsv, line 2, column 'target': the target is empty"):
        read_pairs(path, {})


def test_what_was_learnt_by_named_columns_reads_a_tsv_without_them(tmp_path):
    path, names = tmp_path / "pairs.tsv", {"source": "de", "target": "en"}
    path.write_text("ein\ta\n")
    assert sides(read_pairs(path, names, strict=False)) == (("ein",), ("a",))
    with pytest.raises(ConfigurationError, match="no column 'de' of the sources"):
        read_pairs(path, names)
    path.write_text("ein\nzwei\n")
    assert sides(read_pairs(path, names, strict=False, targets=False)) == (("ein", "zwei"), None)
    with pytest.raises(DataError, match=r"line 1: 1 column; a \.tsv without column names has a source, a tab and"):
        read_pairs(path, {})


def test_the_ending_of_the_source_is_no_need_of_a_path_that_is_there(tmp_path):
    path = texts(tmp_path)
    assert sides(read_pairs(path, {"source": "de", "target": "en"})) == (GERMAN, ENGLISH)


def test_files_of_unequal_length_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"train.de has 2 lines and .*train.en 3"):
        read_pairs(texts(tmp_path, target=(*ENGLISH, "More")), {"target": "en"})


def test_an_empty_line_is_named(tmp_path):
    with pytest.raises(DataError, match=r"train.en, line 2: the target is empty"):
        read_pairs(texts(tmp_path, target=("A house.", "")), {"target": "en"})
    with pytest.raises(DataError, match=r"train.de, line 1: the source is empty"):
        read_pairs(texts(tmp_path, source=("", "x")), {"target": "en"}, targets=False)


def test_endings_that_lead_nowhere_are_named(tmp_path):
    path = texts(tmp_path)
    with pytest.raises(ConfigurationError, match="tell by target="):
        read_pairs(path, {})
    with pytest.raises(DataError, match=r"train\.fr: there is no such file"):
        read_pairs(path, {"target": "fr"})
    with pytest.raises(ConfigurationError, match="names the source itself"):
        read_pairs(path, {"target": "de"})
    with pytest.raises(DataError, match=r"nothing\.de: there is no such file"):
        read_pairs(tmp_path / "nothing", {"source": "de", "target": "en"})


def test_columns_that_are_not_there_are_named(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("de,en\nein,a\n")
    with pytest.raises(
        ConfigurationError, match="no column 'source' of the sources; there are: de, en; name it by source="
    ):
        read_pairs(path, {})
    assert sides(read_pairs(path, {"source": "de", "target": "en"})) == (("ein",), ("a",))
    pl.DataFrame({"source": [1], "target": ["a"]}).write_parquet(tmp_path / "numbers.parquet")
    with pytest.raises(DataError, match="column 'source': text is wanted, the column holds Int64"):
        read_pairs(tmp_path / "numbers.parquet", {})
