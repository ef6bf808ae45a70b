import time
from datetime import date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tidegate.data.columns import Columns
from tidegate.data.panel import read_panel
from tidegate.data.step import Step
from tidegate.errors import DataError


def months(count: int) -> list[str]:
    return [f"{1949 + k // 12}-{k % 12 + 1:02d}" for k in range(count)]


def hours(count: int) -> list[str]:
    return [f"2010/03/{1 + k // 24:02d} {k % 24:02d}:00" for k in range(count)]


@pytest.mark.parametrize(
    ("header", "rows", "step", "first"),
    [
        ('"Month","Passengers"', [f'"{t}",{{}}' for t in months(30)], "month", "1949-01-01"),
        ('"Date","Temp"', [f'"1981-01-{d:02d}",{{}}' for d in range(1, 31)], "day", "1981-01-01"),
        ("date,co2", [f"{t},{{}}" for t in (19580329, 19580405, 19580412, 19580419)], "week", "1958-03-29"),
        ("date,temp", [f"{t},{{}}" for t in hours(50)], "hour", "2010-03-01"),
        ('"YEAR","SUNACTIVITY"', [f"{t},{{}}" for t in range(1700, 1750)], "1", 1700),
    ],
)
def test_a_file_of_time_and_value_needs_no_word_of_set_up(write, header, rows, step, first):
    values = np.random.default_rng(0).normal(size=len(rows))
    panel = read_panel(write("\n".join([header, *(row.format(v) for row, v in zip(rows, values, strict=True))])))
    (series,) = panel.series
    assert str(panel.step) == step
    assert series.times[0] == (first if isinstance(first, int) else np.datetime64(first))
    assert np.array_equal(series.target[:, 0], values)
    assert series.past.shape == series.known.shape == (len(rows), 0)
    assert panel.notes == ()


def test_an_hour_missing_at_the_clock_change_is_added_as_missing_and_told(write):
    rows = [f"{t},{k / 7}" for k, t in enumerate(hours(48)) if k != 26]
    panel = read_panel(write("date,temp\n" + "\n".join(rows)))
    (series,) = panel.series
    assert len(series) == 48
    assert np.flatnonzero(np.isnan(series.target[:, 0])).tolist() == [26]
    assert panel.notes == ("Rows absent from the time grid (step: hour), taken as missing values: 1.",)


def test_gaps_in_the_values_stay_gaps_and_are_counted(write):
    values = ["316.1", "", "317.6", "NA", "316.4", "318.0"]
    dates = [19580329, 19580405, 19580412, 19580419, 19580426, 19580503]
    panel = read_panel(write("date,co2\n" + "\n".join(f"{d},{v}" for d, v in zip(dates, values, strict=True))))
    assert np.array_equal(panel.series[0].target[:, 0], [316.1, np.nan, 317.6, np.nan, 316.4, 318.0], equal_nan=True)
    assert panel.notes == ("Missing values in 'co2': 2 of 6.",)


def test_many_interleaved_series_with_all_parts(write):
    text = (
        "shop,day,sold,price,rain,region,size\n"
        "b,2020-01-01,1,10,0.1,north,\n"
        "a,2020-01-02,2,20,0.2,south,7\n"
        "b,2020-01-02,3,30,0.3,north,\n"
        "a,2020-01-04,4,40,NA,south,7\n"
    )
    columns = Columns.of(id="shop", target=["sold"], known="price", past="rain", static=["region", "size"])
    panel = read_panel(write(text), columns=columns)
    b, a = panel.series
    assert panel.ids == ["b", "a"]
    assert panel.columns.time == "day"
    assert (b.static, a.static) == (("north", None), ("south", "7"))
    assert np.array_equal(b.known[:, 0], [10, 30])
    assert np.array_equal(a.target[:, 0], [2, np.nan, 4], equal_nan=True)
    assert np.array_equal(a.known[:, 0], [20, np.nan, 40], equal_nan=True)
    assert np.array_equal(a.past[:, 0], [0.2, np.nan, np.nan], equal_nan=True)


def test_several_targets_and_what_is_not_used():
    frame = pl.DataFrame({"ds": [1, 2, 3], "u": [1.0, 2, 3], "v": [4.0, 5, 6], "w": ["x", "y", "z"]})
    panel = read_panel(frame, columns=Columns.of(target=["v", "u"]))
    assert np.array_equal(panel.series[0].target, [[4, 1], [5, 2], [6, 3]])
    assert panel.notes == ("Columns not used: w.",)


@pytest.mark.parametrize(
    ("text", "asked", "message"),
    [
        (
            "ds,y\n2020-01-01,1\n2020-01-02,12a\n",
            {},
            ", line 3, column 'y': '12a' is not a number; mend it, or leave it empty if it is missing",
        ),
        (
            "ds,y\n2020-01-01,1\n2020-01-32,2\n",
            {},
            ", line 3, column 'ds': '2020-01-32' does not read as a time; write all times alike, as 2024-01-31 or "
            "2024-01-31 18:30:00",
        ),
        (
            "unique_id,ds,y\na,1,1\na,2,2\nb,1,\nb,2,NA\n",
            {},
            ", column 'y': series 'b' has no observed value at all; leave it out",
        ),
        (
            "unique_id,ds,y,s\na,1,1,u\na,2,2,v\n",
            {"static": "s"},
            ", line 3, column 's': 'v' differs from 'u' (line 2) in the same series; a static column is constant "
            "in each series",
        ),
        (
            "unique_id,ds,y,s\na,1,1,u\nb,1,1,w\na,2,2,\nb,2,2,w\n",
            {"static": "s"},
            ", line 4, column 's': 'None' differs from 'u' (line 2) in the same series; a static column is constant "
            "in each series",
        ),
    ],
)
def test_what_cannot_be_used_is_named_with_file_line_and_column(write, text, asked, message):
    path = write(text)
    with pytest.raises(DataError) as caught:
        read_panel(path, columns=Columns.of(**asked))
    assert str(caught.value) == f"{path}{message}"


def test_a_step_known_from_training_reads_even_one_row():
    panel = read_panel(pl.DataFrame({"ds": ["2024-02-29"], "y": [1.0]}), step=Step("month", 1))
    assert panel.step.after(panel.series[0].times[-1], 1)[0] == np.datetime64("2024-03-31")


def test_cutting_leaves_the_beginning_of_each_series():
    values = np.random.default_rng(1).normal(size=9)
    panel = read_panel(pl.DataFrame({"unique_id": ["a"] * 6 + ["b"] * 3, "ds": [*range(6), *range(3)], "y": values}))
    assert [len(series) for series in panel.before(2).series] == [4, 1]
    assert [len(series) for series in panel.cut([3, 1]).series] == [3, 1]
    assert np.array_equal(panel.before(2).series[0].target[:, 0], values[:4])
    assert np.array_equal(panel.before(2).series[0].times, np.arange(4))
    with pytest.raises(DataError, match="series 'b' has 3 rows, and none would be left to learn from"):
        panel.before(3)


def test_cutting_never_leaves_a_series_of_which_nothing_is_observed():
    panel = read_panel(pl.DataFrame({"ds": [1, 2, 3, 4], "y": [None, None, 3.0, 4.0]}))
    with pytest.raises(DataError, match="series 'series' has 4 rows; no value is observed in the first 2"):
        panel.before(2)


FRAMES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}


@pytest.mark.parametrize("library", FRAMES)
def test_a_frame_comes_back_in_the_kind_it_came(library):
    build = FRAMES[library]
    given = build({"shop": [7, 7, 3, 3], "day": [datetime(2020, 1, d) for d in (1, 2, 5, 6)], "y": [1.0, 2, 3, 4]})
    panel = read_panel(given, columns=Columns.of(id="shop"))
    times = [panel.step.after(series.times[-1], 2) for series in panel.series]
    frame = panel.to_frame(times, {"y_hat": [np.array([0.5, 1.5]), np.array([2.5, 3.5])]})
    assert type(frame) is type(given)
    rows = pl.DataFrame(frame if library != "pandas" else frame.to_dict("list")).rows()
    assert rows == [
        (7, datetime(2020, 1, 3), 0.5),
        (7, datetime(2020, 1, 4), 1.5),
        (3, datetime(2020, 1, 7), 2.5),
        (3, datetime(2020, 1, 8), 3.5),
    ]


def test_a_path_gives_a_polars_frame_without_an_id_where_there_was_none(write):
    panel = read_panel(write("Month,y\n1949-01,1\n1949-02,2\n"))
    frame = panel.to_frame([panel.step.after(panel.series[0].times[-1], 1)], {"gru": [np.array([3.0])]})
    assert frame.rows(named=True) == [{"Month": datetime(1949, 3, 1), "gru": 3.0}]


@pytest.mark.parametrize("hour", [0, 5])
@pytest.mark.parametrize("build", [pl.DataFrame, lambda columns: pl.DataFrame(columns).to_pandas()])
def test_zones_come_back_as_they_were(hour, build):
    unzoned = pl.datetime_range(datetime(2020, 1, 3, hour), datetime(2020, 1, 5, hour), "1d", eager=True)
    panel = read_panel(build({"ds": unzoned.dt.replace_time_zone("Europe/Berlin"), "y": [1.0, 2.0, 3.0]}))
    assert panel.notes == (("Times in 'ds' brought to UTC.",) if hour else ())
    frame = panel.to_frame([panel.series[0].times], {"y": [np.arange(3.0)]})
    back = pl.Series(frame["ds"]).dt.convert_time_zone("Europe/Berlin").dt.replace_time_zone(None)
    assert back.to_list() == unzoned.to_list()


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_dates_come_back_as_dates(library):
    given = FRAMES[library]({"ds": [date(2020, 1, 1), date(2020, 1, 2)], "y": [1.0, 2.0]})
    panel = read_panel(given)
    frame = pl.DataFrame(panel.to_frame([panel.series[0].times], {"y": [np.arange(2.0)]}))
    assert frame["ds"].to_list() == [date(2020, 1, 1), date(2020, 1, 2)]


def test_ids_are_the_same_from_a_frame_of_numbers_and_from_text(write):
    frame = pl.DataFrame({"unique_id": [1, 1, 2, 2], "ds": [1, 2, 1, 2], "y": [1.0, 2, 3, 4]})
    assert read_panel(frame).ids == read_panel(write(frame.write_csv())).ids == ["1", "2"]


@pytest.mark.parametrize(
    ("ids", "back"),
    [
        ([7, 8], [7, 8]),
        ([1.5, 2.0], [1.5, 2.0]),
        ([True, False], ["true", "false"]),
        (pl.Series(["u", "v"], dtype=pl.Categorical), ["u", "v"]),
    ],
)
def test_ids_come_back_as_numbers_or_text(ids, back):
    panel = read_panel(pl.DataFrame({"unique_id": ids, "ds": [1, 1], "y": [1.0, 2.0]}), step=Step("number", 1))
    frame = panel.to_frame([np.array([2])] * 2, {"y_hat": [np.ones(1)] * 2})
    assert frame["unique_id"].to_list() == back


def test_hundreds_of_thousands_of_rows_are_read_without_a_loop_over_them(tmp_path):
    rng = np.random.default_rng(2)
    frame = pl.DataFrame(
        {
            "unique_id": np.repeat([f"H{k}" for k in range(414)], 700),
            "ds": np.tile(np.datetime64("2020-01-01T00", "us") + np.arange(700) * np.timedelta64(1, "h"), 414),
            "y": rng.normal(size=414 * 700),
        }
    )
    frame.write_csv(tmp_path / "long.csv")
    begin = time.process_time()
    panel = read_panel(tmp_path / "long.csv")
    # about half a second of processor time where this was written; a loop over rows takes many times this bound
    assert time.process_time() - begin < 5
    assert len(panel.series) == 414
    assert np.array_equal(np.concatenate([series.target[:, 0] for series in panel.series]), frame["y"].to_numpy())
