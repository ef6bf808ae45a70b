from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from tidegate.data.table import Table
from tidegate.data.times import brought_to_utc, looks_like_times, looks_whole, read_times
from tidegate.errors import DataError


def read(values) -> np.ndarray:
    return read_times(Table(pl.DataFrame({"t": pl.Series(values)}), "polars"), "t")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1949-01", "1949-01-01"),
        ("1949/01", "1949-01-01"),
        ("1981-01-31", "1981-01-31"),
        ("2010/1/2", "2010-01-02"),
        ("2010/01/01 07:00", "2010-01-01T07:00"),
        ("2016-07-01 23:59:58", "2016-07-01T23:59:58"),
        ("2016-07-01T23:59:58", "2016-07-01T23:59:58"),
        ("2016-07-01T23:59:58.25", "2016-07-01T23:59:58.250000"),
        (" 2016-07-01T23:59 ", "2016-07-01T23:59"),
        ("2016-07-01T01:00:00Z", "2016-07-01T01:00:00"),
        ("2016-07-01 01:00+02:00", "2016-06-30T23:00:00"),
        ("19580329", "1958-03-29"),
        (19580329, "1958-03-29"),
        (19580329.0, "1958-03-29"),
        ("195803", "1958-03-01"),
        (date(1999, 12, 31), "1999-12-31"),
        (datetime(1999, 12, 31, 5), "1999-12-31T05"),
        ("1700-01-01", "1700-01-01"),
    ],
)
def test_dates_are_read_however_they_are_written(written, expected):
    times = read([written])
    assert times.dtype == "datetime64[us]"
    assert times[0] == np.datetime64(expected)
    assert looks_like_times(pl.Series([written]))


@pytest.mark.parametrize("written", [["1700", "1701"], [1700, 1701], [1700.0, 1701.0], ["1700.0", "1701.0"]])
def test_plain_whole_numbers_stay_numbers(written):
    times = read(written)
    assert times.dtype == np.int64
    assert times.tolist() == [1700, 1701]
    assert looks_whole(pl.Series(written))
    assert not looks_like_times(pl.Series(written))


def test_an_index_of_six_or_eight_digits_that_spells_no_dates_stays_an_index():
    assert read([100_000, 100_001]).tolist() == [100_000, 100_001]
    assert read(list(range(12_345_678, 12_345_690))).dtype == np.int64


def test_local_midnights_of_a_zone_become_dates():
    values = pl.Series([datetime(2020, 3, 29), datetime(2020, 3, 30)]).dt.replace_time_zone("Europe/Berlin")
    assert np.array_equal(read(values), np.array(["2020-03-29", "2020-03-30"], "datetime64[us]"))
    assert not brought_to_utc(values)


def test_other_times_with_a_zone_become_utc():
    values = pl.Series([datetime(2020, 7, 1, 2)]).dt.replace_time_zone("Europe/Berlin")
    assert read(values)[0] == np.datetime64("2020-07-01T00")
    assert brought_to_utc(values)
    assert brought_to_utc(pl.Series([None, "2016-07-01T01:00:00Z"]))
    assert not brought_to_utc(pl.Series(["2016-07-01T01:00:00"]))
    assert not brought_to_utc(pl.Series([20160701]))


@pytest.mark.parametrize(
    ("values", "row", "value"),
    [
        (["1981-01-01", "1981-02-30"], 1, "1981-02-30"),
        (["1981-01-01", "1981-01-02 00:00"], 1, "1981-01-02 00:00"),
        (["31/12/2020", "01/01/2021"], 0, "31/12/2020"),
        (["1949-01", "1949-13"], 1, "1949-13"),
        ([*range(19580101, 19580112), 19581332], 11, "19581332"),
        (["1700", "x"], 1, "x"),
        ([1.0, 1.5], 1, "1.5"),
        ([True, False], 0, "True"),
    ],
)
def test_what_is_no_time_is_named_with_its_place(values, row, value):
    with pytest.raises(DataError) as caught:
        read(values)
    assert str(caught.value) == (
        f"row {row}, column 't': '{value}' does not read as a time; write all times alike, "
        "as 2024-01-31 or 2024-01-31 18:30:00"
    )


@pytest.mark.parametrize("values", [["1981-01-01", None], ["1981-01-01", " "], [1, None]])
def test_a_missing_time_is_named(values):
    with pytest.raises(DataError, match="row 1, column 't': the time is missing; every row needs one"):
        read(values)
