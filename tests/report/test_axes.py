import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.report.axes import Axis, Frame, Key, extent, step_axis, time_axis, value_axis
from tidegate.report.svg import Size
from tidegate.report.ticks import number_ticks

SIZE = Size(760, 320)


@given(st.lists(st.floats(-1e300, 1e300) | st.just(np.nan), max_size=20))
def test_a_value_axis_holds_every_finite_value_and_has_ticks(numbers: list[float]) -> None:
    values = np.array(numbers, dtype=np.float64)
    axis = value_axis("y", values)
    finite = values[np.isfinite(values)]
    assert axis.low < axis.high
    assert ((finite >= axis.low) & (finite <= axis.high)).all()
    assert 3 <= len(axis.placed(9)) <= 9


def test_an_axis_from_zero_begins_there() -> None:
    axis = value_axis("count", np.array([3.0, 12.0]), from_zero=True)
    assert axis.low == 0.0
    assert axis.high > 12.0


@pytest.mark.parametrize("value", [0.0, -4.2, 1e9])
def test_a_single_value_stands_in_the_middle(value: float) -> None:
    low, high = extent(np.array([value, np.nan]))
    # The middle of two bounds: one rounding.
    assert (low + high) / 2 == pytest.approx(value, rel=1e-15)


def test_places_rise_from_the_bottom_and_run_to_the_right() -> None:
    frame = Frame(SIZE, step_axis("step", 0, 10), Axis("y", 0.0, 1.0, lambda most: number_ticks(0.0, 1.0, most)))
    np.testing.assert_allclose(frame.x(np.array([0.0, 10.0])), [frame.left, frame.right])
    np.testing.assert_allclose(frame.y(np.array([0.0, 1.0])), [frame.bottom, frame.top])
    assert 0 < frame.left < frame.right < SIZE.width
    assert 0 < frame.top < frame.bottom < SIZE.height


def test_one_time_gets_an_axis_too() -> None:
    dated = time_axis(np.array(["2024-02-29"], "datetime64[D]"))
    numbered = time_axis(np.array([5]))
    assert len(dated.placed(9)) >= 3
    assert [tick.words for tick in numbered.placed(9)] == ["4", "5", "6"]


def test_a_legend_that_is_too_wide_goes_on_below() -> None:
    keys = [Key(f"model number {number}", "line", "model") for number in range(4)]
    x, y = step_axis("step", 0, 10), value_axis("y", np.array([1.0, 2.0]))
    assert Frame(Size(340, 270), x, y, keys).top > Frame(SIZE, x, y, keys).top


def test_words_of_a_crowded_axis_do_not_overlap() -> None:
    times = np.array(["2020-01-01T00:00:00.1", "2020-01-01T00:00:00.9"], "datetime64[us]")
    drawn = Frame(Size(120, 100), time_axis(times), value_axis("y", np.array([1.0, 2.0]))).drawn()
    assert drawn.count("1 Jan 2020") == 1


def test_a_low_frame_keeps_its_words_apart() -> None:
    frame = Frame(Size(760, 90), step_axis("", 0, 10), value_axis("", np.array([20.0, 140.0])))
    steps = frame.drawn().split('class="grid" d="')[1:]
    heights = [float(step.split(",")[1].split("H")[0]) for step in steps]
    assert len(heights) >= 2
    assert (np.abs(np.diff(heights)) >= 12).all()  # the height of the letters
