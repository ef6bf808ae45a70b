import gzip
import lzma
from datetime import date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tidegate.data.table import read_table
from tidegate.errors import DataError


def test_paths_of_all_endings_give_the_same_table(write, tmp_path):
    frame = pl.DataFrame({"ds": ["a", "b"], "y": ["1", "2"]})
    frame.write_parquet(tmp_path / "f.parquet")
    read = [
        read_table(write("ds,y\na,1\nb,2\n", "f.csv")),
        read_table(str(write("ds\ty\na\t1\nb\t2\n", "f.TSV"))),
        read_table(tmp_path / "f.parquet"),
    ]
    for name, pack in (("f.csv.gz", gzip.compress), ("f.csv.xz", lzma.compress), ("f.parquet.gz", gzip.compress)):
        (tmp_path / name).write_bytes(pack((tmp_path / name[:-3]).read_bytes()))
        read.append(read_table(tmp_path / name))
    assert all(table.frame.equals(frame) and table.kind == "polars" for table in read)


def test_places_are_lines_in_text_files_and_rows_elsewhere(write, tmp_path):
    path = write("ds,y\na,1\nb,2\n")
    pl.DataFrame({"y": [1, 2]}).write_parquet(tmp_path / "f.parquet")
    assert read_table(path).place(1, "y") == f"{path}, line 3, column 'y'"
    assert read_table(tmp_path / "f.parquet").place(1, "y") == f"{tmp_path / 'f.parquet'}, row 1, column 'y'"
    assert read_table(pl.DataFrame({"y": [1, 2]})).place(1, "y") == "row 1, column 'y'"
    assert read_table(pl.DataFrame({"y": [1, 2]})).place() == "the frame"


def test_frames_of_three_libraries_give_the_same_table():
    values = {"ds": [datetime(2020, 1, 1), datetime(2020, 1, 2)], "y": [1.5, None], "n": [3, 4], "t": ["a", None]}
    frames = {"pandas": pd.DataFrame(values), "polars": pl.DataFrame(values), "pyarrow": pa.table(values)}
    for kind, frame in frames.items():
        table = read_table(frame)
        assert table.kind == kind
        assert table.frame["ds"].dt.date().to_list() == [date(2020, 1, 1), date(2020, 1, 2)]
        assert table.frame["n"].to_list() == [3, 4]
        assert table.frame["t"].to_list() == ["a", None]
        assert table.frame["y"][0] == 1.5
        assert table.frame["y"].fill_null(np.nan).is_nan()[1]


def test_pandas_kinds_without_a_polars_twin_become_text_or_numbers():
    table = read_table(
        pd.DataFrame(
            {
                "period": pd.period_range("2020-01", periods=3, freq="M"),
                "mixed": pd.Series([1, "b", None], dtype=object),
                "nullable": pd.array([1, None, 3], dtype="Int64"),
                "category": pd.Categorical(["u", None, "v"]),
            }
        )
    )
    assert table.frame["period"].to_list() == ["2020-01", "2020-02", "2020-03"]
    assert table.frame["mixed"].to_list() == ["1", "b", None]
    assert table.frame["nullable"].fill_nan(None).to_list() == [1.0, None, 3.0]
    assert table.frame["category"].to_list() == ["u", None, "v"]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("a,b\n", "f.csv", "there are no rows"),
        ("a,b\n1,2", "f.xlsx", "files ending in '.xlsx' cannot be read; the endings known are .csv, .tsv, .parquet"),
        ("a,b\n1,2", "f", "files without an ending cannot be read; the endings known are .csv, .tsv, .parquet"),
        (
            "a,b\n1,2",
            "f.GZ",
            "the name does not tell what is packed; an ending is needed before .gz, such as .csv.gz "
            "(known are .csv, .tsv, .parquet)",
        ),
        ("", "f.parquet", "the file is empty"),
        ("a,b\n1,2", "f.parquet", "this is not a whole Parquet file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(write, content, name, message):
    path = write(content, name)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_file_that_is_absent_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv: there is no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(DataError, match=r"none: there is no such file"):
        read_table(tmp_path / "none")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match=r"folder\.csv: this is a folder; name a file in it"):
        read_table(tmp_path / "folder.csv")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([1, 2], "a builtins.list cannot be read"),
        (
            pl.LazyFrame({"y": [1]}),
            "LazyFrame cannot be read; give a path or a pandas, Polars or Arrow frame, not lazy",
        ),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "a column name stands there more than once"),
        (pd.DataFrame({0: [1, 2]}), "column name 0 is not text"),
        (pl.DataFrame({"y": []}), "the frame: there are no rows"),
    ],
)
def test_what_is_no_frame_is_named(source, message):
    with pytest.raises(DataError) as caught:
        read_table(source)
    assert message in str(caught.value)
