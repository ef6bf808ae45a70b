"""Figures as tables show them, in the report and in the terminal alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

SIGNIFICANT, MOST_DECIMALS = 3, 6


def column(numbers: Sequence[float]) -> list[str]:
    """Numbers of one column with equal decimals, so many that the smallest shows three digits; NaN becomes a dash."""
    sizes = [abs(number) for number in numbers if math.isfinite(number) and number != 0]
    if sizes and (max(sizes) >= 1e9 or max(sizes) < 1e-4):
        return [f"{number:.{SIGNIFICANT - 1}e}" if math.isfinite(number) else "–" for number in numbers]
    places = min(max(SIGNIFICANT - 1 - math.floor(math.log10(min(sizes))), 0), MOST_DECIMALS) if sizes else 0
    return [f"{number:,.{places}f}" if math.isfinite(number) else "–" for number in numbers]


def signed(number: float) -> str:
    """Three digits with a minus sign that is one."""
    return f"{number:.{SIGNIFICANT}g}".replace("-", "\N{MINUS SIGN}")


def best(numbers: Sequence[float]) -> list[bool]:
    """Which are the smallest; none where none is defined."""
    lowest = min((number for number in numbers if math.isfinite(number)), default=math.nan)
    return [number == lowest for number in numbers]
