"""Numbers of things, in words."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """ "1 field", "2,000 fields": `noun` in the singular, its plural with an s."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
