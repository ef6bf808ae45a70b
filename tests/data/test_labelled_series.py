import numpy as np
import polars as pl
import pytest

from tidegate.data.labelled_files import read_labelled
from tidegate.data.labelled_values import labelled_values
from tidegate.errors import DataError

LONG = """id,time,x,y,label
a,1,0.5,1,up
a,2,0.25,,up
b,5,3,4,down
b,9,5,6,down
b,10,7,8,down
"""


def read(tmp_path, content, names=None, labelled=True):
    path = tmp_path / "s.csv"
    path.write_text(content)
    return read_labelled(path, names or {}, labelled=labelled)


def test_rows_of_an_id_are_the_steps_of_a_series(tmp_path):
    records = read(tmp_path, LONG)

    assert [one.shape for one in records.inputs] == [(2, 2), (3, 2)]
    np.testing.assert_array_equal(records.inputs[0], [[0.5, 1], [0.25, np.nan]])
    assert records.targets == ("up", "down")
    assert records.channels == ("x", "y")
    assert records.places[1].endswith("s.csv, line 4")
    assert records.summary == "2 series of 2 to 3 steps, 2 channels"


def test_a_value_stands_at_a_line_and_column_of_its_own_whichever_series_are_taken(tmp_path):
    records = read(tmp_path, LONG)
    assert records.place_of(0, 1, 1) == f"{tmp_path / 's.csv'}, line 3, column 'y'"
    assert records.take(np.array([1])).place_of(0, 2, 0) == f"{tmp_path / 's.csv'}, line 6, column 'x'"


def test_of_a_parquet_file_the_row_is_told(tmp_path):
    path = tmp_path / "s.parquet"
    pl.read_csv(LONG.encode()).write_parquet(path)
    records = read_labelled(path, {}, labelled=True)
    assert records.places[1] == f"{path}, row 2"
    assert records.place_of(1, 2, 1) == f"{path}, row 4, column 'y'"


def test_columns_are_named_by_the_caller_and_remembered(tmp_path):
    content = "machine,second,heat,other,state\n1,1,3,x,ok\n1,2,4,x,ok\n2,1,5,y,bad\n"
    names = {"id": "machine", "time": "second", "label": "state", "channels": "heat"}
    records = read(tmp_path, content, names)

    assert records.targets == ("ok", "bad")
    assert records.channels == ("heat",)
    again = read(tmp_path, "machine,second,heat\n9,1,3\n9,2,4\n", records.names, labelled=False)
    assert [one.shape for one in again.inputs] == [(2, 1)]


def test_without_labels_a_column_of_them_is_no_channel(tmp_path):
    records = read(tmp_path, LONG, labelled=False)
    assert (records.targets, records.channels) == (None, ("x", "y"))


def test_times_as_text_are_in_order_too(tmp_path):
    assert len(read(tmp_path, "id,time,x,label\na,2024-01-09,1,u\na,2024-01-10,2,u\n").inputs[0]) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LONG.replace("b,9,5,6,down", "b,9,5,6,up"), r"line 5, column 'label': the label changes from 'down' to 'up'"),
        (LONG.replace("b,9,5", "b,5,5"), r"line 5, column 'time': '5' is not after the time before it"),
        (LONG + "a,3,1,2,up\n", r"line 7, column 'id': series 'a' goes on here after another"),
        (LONG.replace("b,9,5,6", "b,9,five,6"), r"line 5, column 'x': 'five' is not a number"),
        (LONG.replace("b,9,5,6", "b,9,inf,6"), r"line 5, column 'x': 'inf' is not finite"),
        (LONG.replace("b,9,5,6,down", ",9,5,6,down"), r"line 5, column 'id': empty"),
        (LONG.replace("label", "state"), "no column is called 'label'"),
        ("id,label\na,up\nb,down\n", "no column of values"),
        (LONG.replace("b,9,5", "b,,5"), r"line 5, column 'time': the time is empty; fill it in or leave the row out"),
        (LONG.replace("b,9", "b,noon").replace("b,10", "b, "), r"line 6, column 'time': the time is empty"),
        (LONG.replace("b,9,5,6,down", "b,9,5,6, "), r"line 5, column 'label': empty"),
        (LONG.replace("label", "labels"), r"no column is called 'label'; .* did you mean 'labels'\?"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path, content, words):
    with pytest.raises(DataError, match=words):
        read(tmp_path, content)


def test_a_channel_that_is_not_there_is_told(tmp_path):
    with pytest.raises(DataError, match="no column is called 'z', a channel; there are: id, label, time, x, y"):
        read(tmp_path, LONG, {"channels": "x,z"})
    with pytest.raises(DataError, match="no column is called 'when'"):
        read(tmp_path, LONG, {"time": "when"})
    with pytest.raises(DataError, match=r"no column is called 'heat', a channel; did you mean 'heats'\?"):
        read(tmp_path, LONG.replace("y,", "heats,"), {"channels": "x,heat"})


def test_a_label_is_text_and_absent_only_where_nothing_stands(tmp_path):
    content = "id,x,label\na,1,NA\na,2,NA\nb,3,None\nc,4,null\n"
    assert read(tmp_path, content).targets == ("NA", "None", "null")


def test_a_column_called_target_holds_the_labels_where_none_is_called_label(tmp_path):
    records = read(tmp_path, LONG.replace("label", "target"))
    assert (records.targets, records.channels) == (("up", "down"), ("x", "y"))
    both = read(tmp_path, LONG.replace("y,", "target,"))
    assert (both.targets, both.channels) == (("up", "down"), ("x", "target"))


def test_each_series_keeps_its_id(tmp_path):
    records = read(tmp_path, LONG)
    assert records.ids == ("a", "b")
    assert records.take(np.array([1])).ids == ("b",)
    frame = pl.DataFrame({"id": [7, 7, 3], "x": [1.0, 2.0, 3.0]})
    assert labelled_values(frame, [0, 1]).ids == (7, 3)


@pytest.mark.parametrize("content", ["\ufeff" + LONG, LONG.replace("\n", "\r\n"), LONG.replace("\n", "\r")])
def test_marks_and_line_ends_of_other_systems_are_no_part_of_names(tmp_path, content):
    path = tmp_path / "s.csv"
    path.write_bytes(content.encode())
    records = read_labelled(path, {})
    assert records.targets == ("up", "down")
    assert records.channels == ("x", "y")
