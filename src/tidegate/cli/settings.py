"""Options from the command line and from a file, brought together as the values they stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from tidegate.cli.config_file import read_config
from tidegate.errors import ConfigurationError

if TYPE_CHECKING:
    from pydantic import BaseModel

_NOTHING = ("none", "null")


def chosen_options(
    kind: type[BaseModel], named: Mapping[str, Any], pairs: Sequence[str], config: Path | None = None
) -> dict[str, Any]:
    """Options given by name (None: not given), as texts "key=value", and in a file, which the others go before.

    Raises ConfigurationError for a text of another form, an option given twice, or an unknown name in the file; all
    else is for the estimator to check.
    """
    options = {name: value for name, value in named.items() if value is not None}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not (name and equals):
            raise ConfigurationError(f"--set {pair}: write it as key=value, such as --set hidden_size=32")
        if name in options:
            raise ConfigurationError(f"--set {pair}: '{name}' is given twice")
        options[name] = _value(text, kind, name)
    return {**_from_file(config, kind), **options}


def by_origin(given: BaseModel, used: BaseModel) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The options used: those that somebody chose, those that the data settled, and those at their defaults."""
    before, after = given.model_dump(), used.model_dump()
    settled = {name: value for name, value in after.items() if value != before[name]}
    chosen = {name: value for name, value in given.model_dump(exclude_defaults=True).items() if name not in settled}
    return chosen, settled, {name: value for name, value in after.items() if name not in {**chosen, **settled}}


def _from_file(config: Path | None, kind: type[BaseModel]) -> dict[str, Any]:
    from tidegate.data.nearest import nearest
    from tidegate.estimators.options import validated

    if config is None:
        return {}
    found = read_config(config)
    for name in found:
        if name not in kind.model_fields:
            raise ConfigurationError(f"--config {config}: no option '{name}'{nearest(name, list(kind.model_fields))}")
    values = {name: _value(value, kind, name) if isinstance(value, str) else value for name, value in found.items()}
    try:
        validated(kind, values)
    except ConfigurationError as trouble:
        raise ConfigurationError(f"--config {config}: {trouble}") from trouble
    return values


def _value(text: str, kind: type[BaseModel], name: str) -> Any:
    """Nothing, lists and mappings as Python has them; all other text is read by the option's own type."""
    field = kind.model_fields.get(name)
    if field is None:
        return text
    if text.lower() in _NOTHING and type(None) in get_args(field.annotation):
        return None
    if text.startswith("{"):
        return _mapping(text, name)
    return tuple(text.split(",")) if get_origin(field.annotation) is tuple else text


def _mapping(text: str, name: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=partial(_once_each, f"{name}={text}"))
    except json.JSONDecodeError as cause:
        raise ConfigurationError(f"{name}={text}: not JSON ({cause}); write it as " + '{"a": 1, "b": 2.5}') from cause


def _once_each(place: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ConfigurationError(f"{place}: '{repeated}' stands there twice; keep one")
    return found
