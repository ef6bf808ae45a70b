from __future__ import annotations

import numpy as np
import pytest

from tidegate.errors import ConfigurationError
from tidegate.estimators.forecasting.reading import as_panel, check_count, check_list


def test_columns_are_named_by_the_caller(monthly):
    given = monthly(rows=12, ids=("a",), x=None).rename(columns={"unique_id": "shop", "ds": "month", "y": "sales"})
    panel = as_panel(given, {"id": "shop", "time": "month", "target": "sales", "known": ["x"]})
    assert (panel.columns.id, panel.columns.time, panel.columns.target, panel.columns.known) == (
        "shop",
        "month",
        ("sales",),
        ("x",),
    )
    assert as_panel(panel, {}) is panel


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"targt": "y"}, r"no part of a frame is called 'targt'; did you mean 'target'\?"),
        ({"qqq": "y"}, r"no part of a frame is called 'qqq'; there are: id, known, past, static, target, time"),
        ({"epochs": 3}, r"epochs= is an option of Forecaster\(…\), not of the frame"),
    ],
)
def test_other_names_are_answered_with_what_there_is(monthly, columns, message):
    with pytest.raises(ConfigurationError, match=message):
        as_panel(monthly(rows=12), columns)


@pytest.mark.parametrize("value", [1, 7, np.int64(7)])
def test_whole_numbers_are_counts(value):
    assert check_count("h", value) == value
    assert type(check_count("h", value)) is int


@pytest.mark.parametrize("value", [0, -1, 2.0, "3", True, None])
def test_anything_else_is_no_count(value):
    with pytest.raises(ConfigurationError, match=r"h=.*: give a whole number from 1 up"):
        check_count("h", value)


@pytest.mark.parametrize(
    ("value", "expected"), [([80, 95], (80, 95)), ((), ()), (np.array([80]), (80,)), ({80}, (80,))]
)
def test_several_values_are_a_list(value, expected):
    assert check_list("level", value) == expected


@pytest.mark.parametrize("value", [80, "80", None])
def test_a_single_value_is_refused_with_the_remedy(value):
    with pytest.raises(ConfigurationError, match="give a list, level="):
        check_list("level", value)
