"""Where the ticks of an axis stand and what is written at them, for numbers and for whole numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SMALLEST_SPAN = 1e-12  # of the magnitude: below it float64 cannot tell nine ticks and their surroundings apart
FEWEST, MOST = 3, 9
UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Tick:
    """A place on an axis and its words; `context` is the larger unit (the year of a month), told where it changes."""

    position: float
    words: str
    context: str = ""


def number_ticks(low: float, high: float, most: int = MOST) -> list[Tick]:
    """Round numbers within [low, high]: three to nine, no more than `most` where that is possible.

    Needs finite bounds with high − low ≥ 1e-12 of the larger magnitude and ≥ 1e-290.
    """
    finest = math.floor(math.log10(high - low)) - 2
    candidates = [_multiples(low, high, digit, power) for power in range(finest, finest + 4) for digit in (1, 2, 5)]
    positions = pick(candidates, most)
    return [Tick(position, words) for position, words in zip(positions, number_words(positions), strict=True)]


def integer_ticks(low: float, high: float, most: int = MOST) -> list[Tick]:
    """Whole numbers within [low, high], which holds at least one; at most nine."""
    top = max(math.ceil(math.log10(max(high - low, 1))), 0)
    candidates = [_multiples(low, high, digit, power) for power in range(top + 1) for digit in (1, 2, 5)]
    positions = pick(candidates, most)
    return [Tick(position, f"{position:.0f}") for position in positions]


def pick(candidates: list[list[float]], most: int) -> list[float]:
    """Of positions from fine to coarse, the finest with no more than `most`, but three at least if any has them."""
    enough = [ticks for ticks in candidates if FEWEST <= len(ticks) <= MOST] or candidates[:1]
    return next((ticks for ticks in enough if len(ticks) <= most), enough[-1])


def number_words(positions: list[float]) -> list[str]:
    """The numbers of one axis, all with the same unit and the same decimals, as few as tell them apart."""
    largest = max(abs(position) for position in positions)
    step = min(np.diff(positions), default=largest or 1.0)
    for unit, suffix in UNITS:
        if 1e5 <= largest < 1e15 and largest >= unit and decimals(step / unit) <= 2:
            return [_in_units(position / unit, decimals(step / unit), suffix) for position in positions]
    if largest >= 1e15 or step < 1e-6:
        digits = max(math.ceil(math.log10(largest / step)), 0)
        return [_in_powers(position, digits) for position in positions]
    return [_plain(position, decimals(step)) for position in positions]


def decimals(step: float) -> int:
    """How many decimals show a step of 1, 2 or 5 times a power of ten exactly."""
    return max(-math.floor(math.log10(step) + 1e-6), 0)


def _plain(number: float, places: int) -> str:
    return f"{number:.{places}f}".replace("-", "\N{MINUS SIGN}")


def _in_units(number: float, places: int, suffix: str) -> str:
    return _plain(number, places) + suffix if number else "0"


def _in_powers(number: float, digits: int) -> str:
    """As 2.5e19; zero has no power."""
    return f"{number:.{digits}e}".replace("e+", "e").replace("-", "\N{MINUS SIGN}") if number else "0"


def _multiples(low: float, high: float, digit: int, power: int) -> list[float]:
    """Multiples of digit·10^power in [low, high]; an exact power of ten is divided by, so that 3 · 0.1 is 0.3."""
    unit = float(10 ** abs(power))
    step = digit * unit if power >= 0 else digit / unit
    counts = range(math.floor(low / step), math.ceil(high / step) + 1)
    if len(counts) > 2 * MOST + 4:
        return []
    places = (float(count * digit) * unit if power >= 0 else count * digit / unit for count in counts)
    return [place for place in places if low <= place <= high]
