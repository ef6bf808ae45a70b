import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.step import Step
from tidegate.errors import DataError

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR


def dates(*written: str) -> np.ndarray:
    return np.array(written, dtype="datetime64[us]")


def span(start: str, unit: str, count: int, size: int = 1) -> np.ndarray:
    begin = np.datetime64(start)
    return (begin + np.arange(count) * np.timedelta64(size, unit)).astype("datetime64[us]")


@pytest.mark.parametrize(
    ("times", "shown", "season"),
    [
        (np.arange(1700, 1705), "1", 1),
        (np.arange(0, 50, 10), "10", 1),
        (span("2020-01-01T00", "s", 5), "second", 3600),
        (span("2020-01-01T00", "m", 5), "minute", 1440),
        (span("2020-01-01T00", "m", 5, 10), "10 minutes", 144),
        (span("2020-01-01T00", "m", 5, 30), "30 minutes", 48),
        (span("2020-01-01T00", "h", 5), "hour", 24),
        (span("2020-01-01T00", "h", 5, 7), "7 hours", 1),
        (span("2020-01-01", "D", 50), "day", 7),
        (span("2020-01-01", "D", 50, 7), "week", 52),
        (span("2020-01-01", "D", 50, 14), "2 weeks", 26),
        (span("2020-01-01", "D", 50, 28), "4 weeks", 13),
        (span("1949-01", "M", 30), "month", 12),
        (span("1949-01", "M", 30, 3), "quarter", 4),
        (span("1949-01", "M", 30, 6), "2 quarters", 2),
        (span("1949", "Y", 30), "year", 1),
        (dates("2023-01-31", "2023-02-28", "2023-03-31"), "month", 12),
        (dates("2023-01-30", "2023-02-28", "2023-03-30"), "month", 12),
        (dates("2023-06-30T12", "2023-09-30T12", "2023-12-31T12"), "quarter", 4),
        (dates("2020-02-01", "2020-03-01"), "month", 12),
        (dates("2020-03-01", "2020-03-29"), "4 weeks", 13),
    ],
)
def test_the_step_and_its_season_are_read_off_the_times(times, shown, season):
    step = Step.infer([times])
    assert str(step) == shown
    assert step.season_length == season
    assert np.array_equal(step.after(times[0], len(times) - 1), times[1:])
    assert np.array_equal(step.count(times[0], times), np.arange(len(times)))


def test_gaps_do_not_change_the_step_and_series_are_not_joined():
    times = np.delete(span("1958-03-29", "D", 100, 7), [3, 17, 18, 60])
    assert str(Step.infer([times])) == "week"
    assert Step.infer([np.array([5, 7, 9]), np.array([1, 3])]) == Step("number", 2)


def test_slips_within_a_month_do_not_make_a_step_of_nothing():
    hour, years = dates("2020-01-01T00", "2020-01-01T01"), dates("2020-01-01T00", "2025-01-01T00")
    assert Step.infer([hour, years]).size > 0
    assert Step.infer([dates("2020-01-01", "2020-01-31"), dates("2020-01-31"), dates("2020-01-31")]).size > 0


def test_one_time_per_series_does_not_tell_the_step():
    with pytest.raises(DataError, match="give at least two"):
        Step.infer([np.array([1]), np.array([2])])


def test_month_ends_go_on_at_month_ends():
    step = Step.infer([dates("2023-06-30", "2023-09-30")])
    assert np.array_equal(step.after(dates("2023-09-30")[0], 2), dates("2023-12-31", "2024-03-31"))
    leap = Step("month", 1, day=30).after(dates("2024-01-30T06")[0], 2)
    assert np.array_equal(leap, dates("2024-02-29T06", "2024-03-30T06"))


@given(
    unit=st.sampled_from(["number", "microsecond", "month"]),
    size=st.integers(1, 1000),
    start=st.integers(-50_000, 50_000),
    count=st.integers(-300, 300),
)
def test_counting_undoes_stepping(unit, size, start, count):
    step = Step(unit, size, day=1 if unit == "month" else None)
    begin = np.int64(start) if unit == "number" else np.datetime64(start, "M" if unit == "month" else "s")
    begin = begin if unit == "number" else begin.astype("datetime64[us]")
    assert step.count(begin, step.at(begin, count)) == count


def test_json_holds_a_step():
    step = Step("month", 3, day=31)
    assert asdict(Step(**json.loads(json.dumps(asdict(step))))) == asdict(step)


@pytest.mark.parametrize(
    ("step", "names"),
    [
        (Step("number", 1), ()),
        (Step("month", 12), ()),
        (Step("month", 3), ("month_of_year_sin", "month_of_year_cos")),
        (Step("microsecond", 7 * DAY), ("day_of_year_sin", "day_of_year_cos")),
        (Step("microsecond", DAY), ("day_of_week_sin", "day_of_week_cos", "day_of_year_sin", "day_of_year_cos")),
        (
            Step("microsecond", HOUR),
            tuple(
                f"{name}_{wave}" for name in ("hour_of_day", "day_of_week", "day_of_year") for wave in ("sin", "cos")
            ),
        ),
    ],
)
def test_the_calendar_holds_the_cycles_longer_than_a_step(step, names):
    times = np.arange(9) if step.unit == "number" else span("2024-01-01", "D", 9)
    assert step.calendar_names == names
    assert step.calendar(times).shape == (9, len(names))


def test_the_calendar_starts_at_midnight_on_monday_and_on_new_year():
    features = Step("microsecond", HOUR).calendar(dates("2024-01-01T00", "2024-01-01T06", "1969-12-29T12"))
    # float64 arithmetic on the phase: a few ulp
    assert features[0] == pytest.approx([0, 1, 0, 1, 0, 1], abs=1e-12)
    assert features[1, :2] == pytest.approx([1, 0], abs=1e-12)
    assert features[2, :2] == pytest.approx([0, -1], abs=1e-12)
    assert features[2, 2:4] == pytest.approx([np.sin(np.pi / 7), np.cos(np.pi / 7)], abs=1e-12)


def test_the_calendar_repeats_after_its_cycle():
    monthly = Step("month", 1).calendar(span("1949-01", "M", 48))
    assert np.array_equal(monthly[:12], monthly[12:24])
    assert len(np.unique(monthly[:12].round(9), axis=0)) == 12
    # the end of a leap year and of another stand equally near the new year, on the circle, to within a day's share
    ends = Step("microsecond", DAY).calendar(dates("2023-12-31", "2024-12-31"))[:, 2:]
    assert ends[0] == pytest.approx(ends[1], abs=2 * np.pi / 365 / 300)
