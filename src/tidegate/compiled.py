"""The compiled part of tidegate, `_native`: whether it is there, and as new as the Python around it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tidegate.errors import ConfigurationError, OutdatedBuildError


def load() -> Any:
    """`_native`, or None where tidegate was installed without a C++ compiler.

    A name that an older build lacks raises OutdatedBuildError where it is used: nothing has to be counted up by hand.
    Raises ConfigurationError where TIDEGATE_ISA names what this processor has not.
    """
    try:
        module: Any = import_module("tidegate._native")
    except ImportError:
        return None
    module.__getattr__ = _refuse
    try:
        module.isa()
    except RuntimeError as cause:
        raise ConfigurationError(str(cause)) from cause
    return module


def _refuse(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise OutdatedBuildError(
        f"tidegate's compiled part is older than the rest and lacks {name!r}; "
        "build it again: pip install --editable . in the folder of the sources"
    )
