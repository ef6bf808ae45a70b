import numpy as np
import polars as pl
import pytest

from tidegate.data.labelled_values import labelled_values
from tidegate.data.target_scale import TargetScale, numbers_of
from tidegate.errors import DataError


def test_targets_are_scaled_and_come_back():
    targets = np.random.default_rng(0).normal(5, 3, 50)
    scale = TargetScale.fit(labelled_values(["a"] * 50, targets))
    scaled = scale.scaled(targets)

    np.testing.assert_allclose([scaled.mean(), scaled.std()], [0, 1], atol=1e-12)  # rounding of 50 float64
    np.testing.assert_allclose(TargetScale.from_state(scale.state()).unscaled(scaled), targets)


def test_numbers_as_text_are_read_and_others_told():
    assert numbers_of(labelled_values(["a", "b"], ["1.5", 2])).tolist() == [1.5, 2.0]
    with pytest.raises(DataError, match="row 1: the target 'x' is not a number"):
        numbers_of(labelled_values(["a", "b"], [1, "x"]))
    with pytest.raises(DataError, match="row 0: the target inf is not finite"):
        numbers_of(labelled_values(["a", "b"], [float("inf"), 1.0]))
    with pytest.raises(DataError, match="row 0: all 2 targets learnt from: 3"):
        TargetScale.fit(labelled_values(["a", "b"], [3, 3]))
    with pytest.raises(DataError, match="row 0: the only target learnt from: 3"):
        TargetScale.fit(labelled_values(["a"], [3]))


def test_equal_targets_are_refused_although_their_deviation_is_rounding_above_zero():
    assert np.std([0.1] * 12) > 0
    with pytest.raises(DataError, match=r"row 0: all 12 targets learnt from: 0\.1; a regressor needs different ones"):
        TargetScale.fit(labelled_values(["a"] * 12, [0.1] * 12))
    tiny = TargetScale.fit(labelled_values(["a"] * 2, [0.0, 1e-200]))  # squares are below all numbers
    assert tiny.scaled(np.array([0.0, 1e-200])).tolist() == [-0.5, 0.5]


def test_a_target_that_is_no_number_is_told_with_its_column():
    table = pl.DataFrame({"text": ["a", "b"], "label": ["1", "nan"]})
    with pytest.raises(DataError, match="row 1, column 'label': the target 'nan' is not finite"):
        numbers_of(labelled_values(table))
    with pytest.raises(DataError, match=r"^row 1: the target 'x' is not a number"):
        numbers_of(labelled_values(table, ["1", "x"]))
