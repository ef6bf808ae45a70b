from __future__ import annotations

import numpy as np
import pytest

from tidegate.errors import ConfigurationError, DataError
from tidegate.estimators.forecasting.intervals import ConformalErrors, check_level


def errors_of(values) -> ConformalErrors:
    return ConformalErrors(np.asarray(values, dtype=np.float32))


def random_errors(count: int, steps: int = 1, targets: int = 1, seed: int = 0) -> ConformalErrors:
    return errors_of(np.abs(np.random.default_rng(seed).normal(size=(count, steps, targets))))


def test_half_widths_worked_by_hand():
    # nine errors: the ⌈10 · 0.8⌉ = 8th smallest, and the ⌈10 · 0.5⌉ = 5th; at the second step six: ⌈7 · 0.8⌉ = 6th
    first = [9, 2, 5, 1, 7, 3, 8, 4, 6]
    second = [10, np.nan, 60, 20, np.nan, 50, 30, np.nan, 40]
    errors = errors_of(np.stack([first, second], axis=1)[..., None])
    assert errors.half_widths(80, 2).tolist() == [[8], [60]]
    assert errors.half_widths(50, 2).tolist() == [[5], [40]]


@pytest.mark.parametrize(("count", "level"), [(9, 90), (19, 95), (99, 99), (99, 7), (999, 99.9)])
def test_the_rank_is_exact_where_the_level_falls_on_an_error(count, level):
    errors = errors_of(np.arange(1, count + 1)[::-1, None, None])
    assert errors.half_widths(level, 1)[0, 0] == round((count + 1) * level / 100)


def test_each_target_has_widths_of_its_own():
    both = random_errors(20, 3, 2)
    for target in range(2):
        alone = ConformalErrors(both.errors[..., target : target + 1])
        assert np.array_equal(both.half_widths(80, 5)[:, target], alone.half_widths(80, 5)[:, 0])


def test_coverage_is_what_is_promised_for_exchangeable_errors():
    rng, level, repeats, count = np.random.default_rng(0), 80.0, 4000, 19
    errors = np.abs(rng.standard_t(3, size=(repeats, count + 1))).astype(np.float32)
    inside = sum(row[-1] <= errors_of(row[:-1, None, None]).half_widths(level, 1)[0, 0] for row in errors)
    # With 19 errors the 16th is taken, which covers 16/20 = 0.8 exactly. Each repeat is an independent draw, so the
    # share has a standard deviation of √(0.8 · 0.2 / 4000) = 0.0063; four of them to either side.
    assert abs(inside / repeats - 0.8) < 0.026


@pytest.mark.parametrize("count", [1, 5, 40])
def test_widths_grow_with_level_and_horizon(count):
    errors = random_errors(count, steps=4, targets=2)
    widths = np.stack([errors.half_widths(level, 9) for level in (10, 50, 80, 95, 99)])
    assert (np.diff(widths, axis=0) >= 0).all()
    assert (np.diff(widths, axis=1) >= 0).all()
    assert (widths > 0).all()


def test_beyond_the_steps_measured_they_grow_as_the_root_of_time():
    errors = random_errors(30, steps=4)
    widths = errors.half_widths(80, 16)[:, 0]
    # single precision
    assert widths[4:] == pytest.approx(widths[3] * np.sqrt(np.arange(5, 17) / 4), rel=1e-6)
    assert np.array_equal(errors.half_widths(80, 2), errors.half_widths(80, 16)[:2])


def test_steps_without_an_error_go_on_from_the_last_with_one():
    values = random_errors(30, steps=6, targets=2).errors.copy()
    values[:, 3:, 0] = np.nan  # far steps, of one target
    values[:, 2, 1] = np.nan  # a step in between, of the other
    values[:, 0, 1] = np.nan  # and the first
    widths = errors_of(values).half_widths(80, 8)
    cut = errors_of(values[:, :3, :1]).half_widths(80, 8)
    assert np.array_equal(widths[:, 0], cut[:, 0])
    assert widths[0, 1] == widths[1, 1] == widths[2, 1] > 0
    assert np.isfinite(widths).all()


def test_too_few_errors_are_told_and_the_largest_stands_in():
    errors = random_errors(9)
    assert errors.half_widths(95, 1)[0, 0] == errors.errors.max()
    assert [errors.enough_for(level) for level in (50, 90, 91, 95)] == [True, True, False, False]
    assert [random_errors(count).enough_for(95) for count in (18, 19)] == [False, True]


def test_a_target_without_any_error_is_refused_with_the_remedy():
    values = random_errors(5, steps=2, targets=2).errors.copy()
    values[..., 1] = np.nan
    with pytest.raises(
        DataError, match=r"target number 2: nothing of it is observed in the validation part.*leave level"
    ):
        errors_of(values).half_widths(80, 3)


@pytest.mark.parametrize("level", [0, 100, -5, 120, float("nan"), "80", None, True])
def test_levels_that_are_no_percentage_are_refused(level):
    with pytest.raises(ConfigurationError, match=r"a level is a percentage between 0 and 100, for instance 95"):
        check_level(level)


@pytest.mark.parametrize("level", [1, 80, 99.9, np.int64(80), np.float32(95)])
def test_percentages_are_taken(level):
    check_level(level)
