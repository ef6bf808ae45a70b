from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from tidegate.data.table import Table
from tidegate.data.values import looks_numeric, read_numbers, read_text
from tidegate.errors import DataError


def table(values, **kinds) -> Table:
    return Table(pl.DataFrame({"y": pl.Series(values, **kinds)}), "polars")


def test_every_way_of_writing_missing_is_nan():
    text = [" 1.5", "", "NA", "n/a", "NaN", "null", "None", None, "-2e3 ", "+.5"]
    expected = [1.5, *[np.nan] * 7, -2000.0, 0.5]
    assert np.array_equal(read_numbers(table(text), "y"), expected, equal_nan=True)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, None, False], [1, np.nan, 0]),
        ([3, None, -4], [3, np.nan, -4]),
        ([0.25, float("nan"), None], [0.25, np.nan, np.nan]),
        ([Decimal("1.25"), None, Decimal("-3")], [1.25, np.nan, -3]),
        ([None, None, None], [np.nan] * 3),
    ],
)
def test_numbers_of_every_kind_are_read(values, expected):
    assert np.array_equal(read_numbers(table(values), "y"), expected, equal_nan=True)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["1", "2", "1,234"],
            "row 2, column 'y': '1,234' is not a number; mend it, or leave it empty if it is missing",
        ),
        (["1", "inf", "x"], "row 2, column 'y': 'x' is not a number; mend it, or leave it empty if it is missing"),
        (["1", "-inf", "3"], "row 1, column 'y': '-inf' is not finite; leave it empty if it is missing"),
        ([1.0, 2.0, float("inf")], "row 2, column 'y': 'inf' is not finite; leave it empty if it is missing"),
        (
            [None, date(2020, 1, 1)],
            "row 1, column 'y': '2020-01-01' is not a number; mend it, or leave it empty if it is missing",
        ),
    ],
)
def test_what_is_no_number_is_named_with_its_place(values, message):
    with pytest.raises(DataError) as caught:
        read_numbers(table(values), "y")
    assert str(caught.value) == message


def test_text_is_stripped_and_missing_text_is_null():
    assert read_text(table(["a ", "NA", None, "b"]), "y").to_list() == ["a", None, None, "b"]
    assert read_text(table([7, None, 8]), "y").to_list() == ["7", None, "8"]
    assert read_text(table(["u", "v"], dtype=pl.Categorical), "y").to_list() == ["u", "v"]


def test_a_stray_word_does_not_make_a_column_text():
    assert looks_numeric(pl.Series(["NA", "1", "2", "oops", "3"]))
    assert not looks_numeric(pl.Series(["NW", "1", "SE"]))
    assert not looks_numeric(pl.Series(["NA", "", None]))
    assert not looks_numeric(pl.Series([date(2020, 1, 1)]))
