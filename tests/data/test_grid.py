import numpy as np
import polars as pl
import pytest

from tidegate.data.columns import Columns
from tidegate.data.grid import Grid, Rows, show_time
from tidegate.data.step import Step
from tidegate.data.table import Table
from tidegate.errors import DataError


def rows(times, ids=None) -> Rows:
    columns = {"t": times} | ({"id": ids} if ids is not None else {})
    frame = pl.DataFrame(columns)
    lines = np.arange(len(frame)) + 2
    return Rows.of(Table(frame, "polars", "f.csv", lines), Columns(id="id" if ids is not None else None, time="t"))


def test_interleaved_series_come_apart_in_order_of_appearance():
    found = rows([1, 7, 2, 8, 3], ["b", "a", "b", "a", "b"])
    assert found.ids == ("b", "a")
    assert found.order.tolist() == [0, 2, 4, 1, 3]
    assert found.times.tolist() == [1, 2, 3, 7, 8]
    assert found.starts.tolist() == [0, 3]


def test_values_go_to_their_times_and_absent_rows_are_nan():
    found = rows([10, 20, 50, 15, 25, 35], list("aaabbb"))
    grid = Grid.of(found, None)
    assert grid.step == Step("number", 10)
    assert grid.times.tolist() == [10, 20, 30, 40, 50, 15, 25, 35]
    assert grid.lengths.tolist() == [5, 3]
    assert grid.absent.tolist() == [2, 0]
    values = np.random.default_rng(0).normal(size=(6, 2))
    placed = grid.place_values(values)
    assert np.array_equal(placed[grid.slot], values)
    assert np.isnan(placed[[2, 3]]).all()
    assert np.isfinite(placed[[0, 1, 4, 5, 6, 7]]).all()


@pytest.mark.parametrize(
    ("times", "ids", "message"),
    [
        (
            ["2020-01-01", "2020-01-03", "2020-01-02"],
            None,
            "f.csv, line 4, column 't': 2020-01-02 comes after 2020-01-03 (line 3); sort the rows by 't', or name the "
            "column that tells several series apart: id= in Python, --id in the shell",
        ),
        (
            ["2020-01-01", "2020-01-03", "2020-01-05", "2020-01-01"],
            ["a", "b", "a", "b"],
            "f.csv, line 5, column 't': 2020-01-01 comes after 2020-01-03 (line 3); sort the rows by 't'",
        ),
        (
            ["2020-01-01 01:00", "2020-01-01 02:00", "2020-01-01 02:00", "2020-01-01 02:00"],
            None,
            "f.csv, line 4, column 't': 2020-01-01 02:00:00 stands there a second time (first on line 3); keep one "
            "row per time, or name the column that tells several series apart: id= in Python, --id in the shell; clock "
            "changes repeat no hour in UTC",
        ),
        (
            ["2020-01-01", "2020-01-01"],
            ["a", None],
            "f.csv, line 3, column 'id': the id is missing; every row needs one",
        ),
        (
            ["2020-01-01 00:00", "2020-01-01 01:00", "2020-01-01 02:00", "2020-01-01 03:20", "2020-01-01 04:00"],
            None,
            "f.csv, line 5, column 't': 2020-01-01 03:20:00 is off the grid (step: hour), where 2020-01-01 03:00:00 "
            "comes before it; mend the time, or bring the series to equal steps",
        ),
        (
            ["2020-01-01", "2020-02-01", "2020-03-01", "2020-04-15"],
            None,
            "f.csv, line 5, column 't': 2020-04-15 is off the grid (step: month), where 2020-04-01 comes before it; "
            "mend the time, or bring the series to equal steps",
        ),
        (
            ["2020-01-01", "2020-01-02", "2020-01-03", "2020-03-04"],
            None,
            "f.csv, line 5, column 't': 2020-03-04 is 61 steps (day) after 2020-01-03 (line 4), and more than half the "
            "rows of series 'series' are absent; mend the time, or bring the series to a longer step",
        ),
        (
            ["2020-01-01"],
            None,
            "f.csv: one row per series does not tell how far apart the times are; give at least two",
        ),
    ],
)
def test_the_row_that_does_not_fit_is_named(times, ids, message):
    with pytest.raises(DataError) as caught:
        Grid.of(rows(times, ids), None)
    assert str(caught.value) == message


def test_the_first_faulty_line_of_the_file_is_named_and_not_that_of_the_first_series():
    with pytest.raises(DataError, match="line 5"):
        rows([1, 1, 2, 1, 1], ["a", "b", "a", "b", "a"])


def test_a_step_known_from_training_is_kept_to():
    day = Step("microsecond", 86_400_000_000)
    assert Grid.of(rows(["2020-01-01", "2020-01-03"]), day).lengths.tolist() == [3]
    assert Grid.of(rows(["2020-01-05"]), day).lengths.tolist() == [1]
    ends = Grid.of(rows(["2023-02-28", "2023-03-31"]), Step("month", 1, day=1))
    assert ends.step.day == 31
    with pytest.raises(DataError, match="the times are whole numbers, where a step of day is expected"):
        Grid.of(rows([1, 2]), day)
    with pytest.raises(DataError, match="the times are dates, where a step of 1 is expected"):
        Grid.of(rows(["2020-01-01", "2020-01-03"]), Step("number", 1))


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (np.int64(1700), "1700"),
        (np.datetime64("1949-01-01T00:00", "us"), "1949-01-01"),
        (np.datetime64("2020-01-01T05:00", "us"), "2020-01-01 05:00:00"),
        (np.datetime64("2020-01-01T00:00:00.5", "us"), "2020-01-01 00:00:00.500000"),
    ],
)
def test_times_are_shown_as_people_write_them(time, shown):
    assert show_time(time) == shown
