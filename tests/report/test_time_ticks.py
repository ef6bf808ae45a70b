import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.report.time_ticks import coordinates, moment, time_ticks


@given(st.integers(-(10**16), 10**16), st.floats(3, 17.5))
def test_three_to_nine_rising_within_range(low: int, magnitude: float) -> None:
    high = low + 10.0**magnitude
    positions = np.array([tick.position for tick in time_ticks(float(low), high)])
    assert 3 <= len(positions) <= 9
    assert (np.diff(positions) > 0).all()
    assert low <= positions[0]
    assert positions[-1] <= high


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("1949-01", "1960-12", ["1950", "1952", "1954", "1956", "1958", "1960"]),
        ("2020-01-15", "2020-06-15", ["Feb 2020", "Mar", "Apr", "May", "Jun"]),
        ("2019-10-15", "2020-03-15", ["Nov 2019", "Dec", "Jan 2020", "Feb", "Mar"]),
        ("2019-12-30", "2020-01-03", ["30 Dec 2019", "31 Dec", "1 Jan 2020", "2 Jan", "3 Jan"]),
        (
            "2020-01-01T20:00",
            "2020-01-02T01:00",
            ["20:00 1 Jan 2020", "21:00", "22:00", "23:00", "00:00 2 Jan 2020", "01:00"],
        ),
        ("2020-01-01T03:00:01", "2020-01-01T03:00:04", ["03:00:01 1 Jan 2020", "03:00:02", "03:00:03", "03:00:04"]),
        ("2020-01-01T03:00:01.1", "2020-01-01T03:00:01.4", ["01.1 03:00 1 Jan 2020", "01.2", "01.3", "01.4"]),
    ],
)
def test_words_of_clock_and_calendar(first: str, last: str, words: list[str]) -> None:
    low, high = coordinates(np.array([first, last], "datetime64[us]"))
    assert [f"{tick.words} {tick.context}".strip() for tick in time_ticks(low, high, 6)] == words


def test_weeks_begin_on_monday() -> None:
    low, high = coordinates(np.array(["2024-03-01", "2024-04-20"], "datetime64[us]"))
    days = [np.datetime64(int(tick.position), "us").item().weekday() for tick in time_ticks(low, high)]
    assert set(days) == {0}


@pytest.mark.parametrize("unit", ["Y", "M", "D", "h", "s", "ms", "ns"])
def test_coordinates_are_the_same_in_any_unit(unit: str) -> None:
    times = np.array(["1999-01-01", "2031-01-01"], "datetime64[D]")
    np.testing.assert_array_equal(coordinates(times.astype(f"datetime64[{unit}]")), coordinates(times))


def test_whole_numbers_stay_themselves() -> None:
    np.testing.assert_array_equal(coordinates(np.array([-3, 0, 12])), [-3.0, 0.0, 12.0])


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (np.datetime64("1960-12"), "1960-12-01"),
        (np.datetime64("1960-12-01T06"), "1960-12-01 06:00"),
        (np.datetime64("1960-12-01T00:00:05"), "1960-12-01 00:00:05"),
        (np.datetime64("2001-02-03T04:05:06.5"), "2001-02-03 04:05:06.500000"),
        (np.int64(17), "17"),
    ],
)
def test_a_moment_in_words(time: np.datetime64 | np.int64, words: str) -> None:
    assert moment(time) == words
