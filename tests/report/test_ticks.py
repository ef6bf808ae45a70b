import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.report.ticks import decimals, integer_ticks, number_ticks

# Below 1e-280 and above 1e300 the axis itself widens or float64 overflows; ticks are asked for inside only.
bounds = st.floats(-1e300, 1e300).filter(lambda number: number == 0 or abs(number) > 1e-250)


@given(bounds, bounds)
def test_three_to_nine_rising_within_range(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if not high - low >= 1e-11 * max(abs(low), abs(high), 1e-260):
        return
    ticks = number_ticks(low, high)
    positions = np.array([tick.position for tick in ticks])
    assert 3 <= len(ticks) <= 9
    assert (np.diff(positions) > 0).all()
    assert low <= positions[0]
    assert positions[-1] <= high


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(3, 9))
def test_the_words_say_the_positions(low: int, span: int, most: int) -> None:
    ticks = number_ticks(float(low), float(low + span), most)
    assert len({tick.words for tick in ticks}) == len(ticks)
    for tick in ticks:
        # The words are decimal and the positions binary: equal up to the rounding of the last bit.
        assert _read(tick.words) == pytest.approx(tick.position, rel=1e-12, abs=1e-12)


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_whole_numbers_only(low: int, span: int) -> None:
    ticks = integer_ticks(low - 0.5, low + span + 0.5)
    positions = [tick.position for tick in ticks]
    assert 1 <= len(positions) <= 9
    assert all(position.is_integer() for position in positions)
    assert positions == sorted(set(positions))
    assert low <= positions[0]
    assert positions[-1] <= low + span


def test_fewer_where_fewer_fit() -> None:
    assert [tick.words for tick in number_ticks(0, 100, 4)] == ["0", "50", "100"]
    assert len(number_ticks(0, 100)) == 6


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 0.3, ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30"]),
        (-1, 1, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (1.0e6, 1.2e6, ["1.00M", "1.05M", "1.10M", "1.15M", "1.20M"]),
        (0, 1e20, ["0", "2.0e19", "4.0e19", "6.0e19", "8.0e19", "1.0e20"]),
        (2.9e12, 3.1e12, ["2.90T", "2.95T", "3.00T", "3.05T", "3.10T"]),
        (-1e11, 1e11, ["−100G", "−50G", "0", "50G", "100G"]),
    ],
)
def test_words(low: float, high: float, words: list[str]) -> None:
    assert [tick.words for tick in number_ticks(low, high)] == words


def test_decimals_of_round_steps() -> None:
    assert [decimals(step) for step in (50, 1, 0.5, 0.2, 0.1, 0.01)] == [0, 0, 1, 1, 1, 2]


def _read(words: str) -> float:
    unit = {"k": 1e3, "M": 1e6, "G": 1e9}.get(words[-1])
    number = float((words[:-1] if unit else words).replace("−", "-"))
    return number * (unit or 1.0)
