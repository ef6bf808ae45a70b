"""The name that was meant, of those that are known."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of a sentence on an unknown name: the known one meant, or all of them."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f"; did you mean '{near[0]}'?" if near else f"; there are: {', '.join(sorted(known))}"
