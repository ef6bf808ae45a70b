"""Words after a recipe's folder: options as key=value, and --seed N."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def chosen(words: Sequence[str]) -> dict[str, Any]:
    """Options by name; values are read as JSON where they are (numbers, true, null), else as text."""
    rest = list(words)
    options: dict[str, Any] = {}
    if "--seed" in rest:
        place = rest.index("--seed")
        options["seed"] = int(rest[place + 1])
        del rest[place : place + 2]
    return options | {name: _value(text) for name, text in (word.split("=", 1) for word in rest)}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
