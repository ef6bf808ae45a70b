import polars as pl
import pytest

from tidegate.data.columns import Columns
from tidegate.data.table import Table
from tidegate.errors import ConfigurationError, DataError


def resolved(columns: dict, **asked) -> Columns:
    return Columns.of(**asked).resolve(Table(pl.DataFrame(columns), "polars", "f.csv"))


DATES = ["2020-01-01", "2020-01-02"]
NUMBERS = ["1", "2"]
WORDS = ["u", "v"]


@pytest.mark.parametrize(
    ("columns", "id", "time", "target"),
    [
        ({"Month": DATES, "Passengers": NUMBERS}, None, "Month", "Passengers"),
        ({"temp": NUMBERS, "when": DATES}, None, "when", "temp"),
        ({"date": ["19580329", "19580405"], "co2": NUMBERS}, None, "date", "co2"),
        ({"YEAR": ["1700", "1701"], "SUNACTIVITY": ["5", "11"]}, None, "YEAR", "SUNACTIVITY"),
        ({"n": NUMBERS, "value": ["5", "11"]}, None, "n", "value"),
        ({"unique_id": WORDS, "ds": NUMBERS, "y": NUMBERS, "x": NUMBERS}, "unique_id", "ds", "y"),
        ({"": ["0", "1"], "date": DATES, "city": WORDS, "y": NUMBERS}, None, "date", "y"),
        ({"date": DATES, "city": WORDS, "temp": NUMBERS}, None, "date", "temp"),
        ({"date": DATES, "temp": ["1", "x"]}, None, "date", "temp"),
    ],
)
def test_parts_that_only_one_column_can_play_are_found(columns, id, time, target):
    found = resolved(columns)
    assert (found.id, found.time, found.target) == (id, time, (target,))


def test_what_is_named_is_left_as_it_is_and_the_rest_is_found():
    columns = {"shop": WORDS, "day": DATES, "sold": NUMBERS, "price": NUMBERS, "rain": NUMBERS, "city": WORDS}
    found = resolved(columns, id="shop", known="price", past=["rain"], static="city")
    assert found == Columns("shop", "day", ("sold",), ("rain",), ("price",), ("city",))
    assert found.numeric == ("sold", "rain", "price")


def test_a_whole_number_column_beside_a_named_target_is_the_time():
    assert resolved({"value": NUMBERS, "n": ["4", "5"]}, target="value").time == "n"


@pytest.mark.parametrize(
    ("columns", "asked", "message"),
    [
        (
            {"date": DATES, "HUFL": NUMBERS, "OT": NUMBERS},
            {},
            "the target could be any of the columns 'HUFL', 'OT'; name the column: target= in Python, --target in the "
            "shell",
        ),
        (
            {"year": NUMBERS, "month": NUMBERS, "x": NUMBERS},
            {},
            "the time could be any of the columns 'year', 'month'; name the column: time= in Python, --time in the "
            "shell",
        ),
        (
            {"a": WORDS, "b": NUMBERS, "c": NUMBERS},
            {},
            "the time is not to be told from the columns; name the column: time= in Python, --time in the shell",
        ),
        (
            {"date": DATES},
            {},
            "the target is not to be told from the columns; name the column: target= in Python, --target in the shell",
        ),
        ({"date": DATES, "OT": NUMBERS}, {"target": "ot"}, "there is no column 'ot', only 'date', 'OT'"),
    ],
)
def test_what_cannot_be_told_is_asked_for(columns, asked, message):
    with pytest.raises(DataError) as caught:
        resolved(columns, **asked)
    assert str(caught.value) == f"f.csv: {message}"


def test_an_index_of_pandas_is_hinted_at():
    with pytest.raises(DataError, match=r"reset_index\(\) makes the index of a pandas frame a column"):
        Columns().resolve(Table(pl.DataFrame({"y": [1.0, 2.0]}), "pandas"))


def test_a_column_plays_one_part():
    with pytest.raises(ConfigurationError, match="column 'x' is given two parts"):
        Columns.of(target="x", known=["x"])
