"""The name that was meant, of those that are known."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from textwrap import shorten

_MOST, _LETTERS = 60, 40  # names shown, and letters of each: what is taken for a header may be prose


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of a sentence on an unknown name: the known one meant, or those there are."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    if near:
        return f"; did you mean '{near[0]}'?"
    shown = ", ".join(shorten(one, _LETTERS, placeholder="…") or one[:_LETTERS] for one in sorted(known)[:_MOST])
    return f"; there are: {shown}" + (f" and {len(known) - _MOST:,} more" if len(known) > _MOST else "")
