from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tidegate.data.columns import Columns
from tidegate.data.future import read_future
from tidegate.data.panel import read_panel
from tidegate.errors import ConfigurationError, DataError


def frame(start, steps, ids=("a", "b"), freq="h", seed=0):
    rng = np.random.default_rng(seed)
    times = pd.date_range(start, periods=steps, freq=freq)
    parts = [
        pd.DataFrame({"unique_id": id, "ds": times, "x": rng.normal(size=steps), "z": rng.normal(size=steps)})
        for id in ids
    ]
    return pd.concat(parts, ignore_index=True)


def past(start="2024-01-01", steps=24, **options):
    given = frame(start, steps, **options)
    return read_panel(given.assign(y=1.0 * np.arange(len(given))), columns=Columns.of(target="y", known=["x", "z"]))


def read(source, panel, horizon):
    return read_future(source, panel.columns, panel.step, panel.series, horizon)


def test_the_rows_after_each_end_are_found_among_others():
    panel = past()
    future = frame("2024-01-01 20:00", 10, ids=("c", "b", "a"), seed=1)
    found = read(future, panel, 4)
    for values, id in zip(found, ("a", "b"), strict=True):
        wanted = future[(future.unique_id == id) & (future.ds >= "2024-01-02")].head(4)
        assert np.array_equal(values, wanted[["x", "z"]].to_numpy())


def test_a_path_will_do(tmp_path):
    panel = past()
    future = frame("2024-01-02", 3, seed=1)
    future.to_csv(tmp_path / "future.csv", index=False)
    # a CSV file holds shortest round-trip decimals
    assert np.array_equal(read(tmp_path / "future.csv", panel, 3), read(future, panel, 3))


def test_nothing_is_asked_where_nothing_is_known():
    panel = past()
    plain = Columns.of(id="unique_id", time="ds", target="y")
    assert [one.shape for one in read_future(None, plain, panel.step, panel.series, 5)] == [(5, 0), (5, 0)]
    with pytest.raises(ConfigurationError, match=r"a future is given, but training knew of no columns known ahead"):
        read_future(frame("2024-01-02", 5), plain, panel.step, panel.series, 5)


def test_no_future_is_refused_with_the_names_and_the_number_of_steps():
    with pytest.raises(DataError, match=r"knows 'x', 'z' ahead of time: give their values for the 5 steps .*future="):
        read(None, past(), 5)


def test_a_series_without_future_is_named():
    with pytest.raises(DataError, match="no rows for series 'b'; give 2 of them"):
        read(frame("2024-01-02", 5, ids=("a",)), past(), 2)


@pytest.mark.parametrize(
    ("start", "steps"),
    [
        ("2024-01-02", 3),  # too short
        ("2024-01-02 01:00", 9),  # too late
        ("2023-12-31", 24),  # all past
        ("2024-01-01 23:30", 9),  # between the steps
    ],
)
def test_a_future_that_lacks_a_step_is_refused_with_both_spans(start, steps):
    message = r"series 'a': the future runs from .* 4 steps \(hour\) from 2024-01-02 to 2024-01-02 03:00:00 are needed"
    with pytest.raises(DataError, match=message):
        read(frame(start, steps), past(), 4)


def test_months_on_another_day_are_not_taken_for_these():
    panel = past(freq="MS")
    assert len(read(frame("2026-01-01", 3, freq="MS"), panel, 3)) == 2
    with pytest.raises(DataError, match="are needed"):
        read(frame("2026-01-15", 3, freq=pd.DateOffset(months=1)), panel, 3)


def test_a_value_missing_in_the_future_stays_missing():
    future = frame("2024-01-02", 3)
    future.loc[1, "z"] = np.nan
    assert np.isnan(read(future, past(), 3)[0]).tolist() == [[False, False], [False, True], [False, False]]
