"""The JSON in a model file: all that is not a tensor, in standard JSON, with the same bytes for the same content.

NaN and the infinities, which JSON does not have, are written as {"$float": "nan" | "inf" | "-inf"}; a dict that
itself has just that key is written as {"$float": {"value": …}}.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from tidegate.errors import ArtefactError

_TAG = "$float"


def to_json(content: Mapping[str, Any]) -> str:
    """Canonical JSON: keys sorted, no spaces, ASCII. Tuples become lists, NumPy scalars Python's.

    Raises ArtefactError, naming the place, for what would not come back as it was: keys that are not strings, objects.
    """
    try:
        return json.dumps(_plain(content, ""), sort_keys=True, separators=(",", ":"), allow_nan=False)
    except RecursionError as cause:
        raise ArtefactError("the configuration is nested too deeply, or contains itself; give plain values") from cause


def from_json(text: str) -> Any:
    """What `to_json` was given. Raises ValueError, TypeError or LookupError for text that is not ours."""
    return json.loads(text, object_hook=_restored, parse_constant=_refuse_constant)


def _plain(value: Any, place: str) -> Any:
    match value:
        case np.generic():
            item = value.item()  # a long double stays what it is
            return _refuse(value, place) if isinstance(item, np.generic) else _plain(item, place)
        case float() if not math.isfinite(value):
            return {_TAG: str(float(value))}
        case None | bool() | int() | float() | str() if type(value) in (type(None), bool, int, float, str):
            return value
        case Mapping():
            plain = {_key(key, place): _plain(item, f"{place}.{key}".lstrip(".")) for key, item in value.items()}
            return {_TAG: {"value": plain[_TAG]}} if plain.keys() == {_TAG} else plain
        case list() | tuple():
            return [_plain(item, f"{place}[{index}]") for index, item in enumerate(value)]
    return _refuse(value, place)


def _refuse(value: object, place: str) -> NoReturn:
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    raise ArtefactError(
        f"{place}: a {kind} cannot be written; give None, bool, int, float, str, or lists and dicts of them"
    )


def _key(key: Any, place: str) -> str:
    if type(key) is not str:
        raise ArtefactError(f"{place or 'the top level'}: {key!r} cannot be a key; give a string")
    return key


def _restored(found: dict[str, Any]) -> Any:
    if found.keys() != {_TAG}:
        return found
    if isinstance(found[_TAG], dict):
        return {_TAG: found[_TAG]["value"]}
    value = float(found[_TAG])
    if math.isfinite(value):
        raise ValueError(f"{found[_TAG]!r} is an ordinary number")
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
