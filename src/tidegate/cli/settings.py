"""Options of a forecaster as text from the command line, turned into the values they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args, get_origin

from tidegate.errors import ConfigurationError

if TYPE_CHECKING:
    from tidegate.estimators.options import ForecasterOptions

_NOTHING = ("none", "null")


def chosen_options(named: Mapping[str, Any], pairs: Sequence[str]) -> ForecasterOptions:
    """Options given by name (None: not given) and as texts "key=value".

    Raises ConfigurationError for a text of another form, an option given twice, an unknown name or an impossible value.
    """
    from tidegate.estimators.options import ForecasterOptions, forecaster_options

    options = {name: value for name, value in named.items() if value is not None}
    for pair in pairs:
        name, equals, text = (part.strip() for part in pair.partition("="))
        if not (name and equals):
            raise ConfigurationError(f"--set {pair}: write it as key=value, such as --set hidden_size=32")
        if name in options:
            raise ConfigurationError(f"--set {pair}: '{name}' is given twice")
        options[name] = _value(text, ForecasterOptions, name)
    return forecaster_options(options)


def _value(text: str, kind: type[ForecasterOptions], name: str) -> Any:
    """Nothing and lists as Python has them; all other text is read by the option's own type."""
    field = kind.model_fields.get(name)
    if field is None:
        return text
    if text.lower() in _NOTHING and type(None) in get_args(field.annotation):
        return None
    return tuple(text.split(",")) if get_origin(field.annotation) is tuple else text
