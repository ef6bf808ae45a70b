"""tidegate: gated recurrent networks that train fast on ordinary CPUs, stream anywhere, and show their gates.

Public names load on first use, so that `import tidegate` is quick and loads no torch.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tidegate import nn
    from tidegate.estimators.forecaster import Forecaster
    from tidegate.estimators.loading import load

# torch's threads, once idle, spin: where another program wants a core too, that makes small steps tens of times slower.
# The OpenMP library reads this when it is loaded, with torch; whoever has set it otherwise, or loaded torch, is obeyed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
__all__ = ["Forecaster", "__version__", "load", "nn"]

_HOMES = {"Forecaster": "tidegate.estimators.forecaster", "load": "tidegate.estimators.loading"}


def __getattr__(name: str) -> Any:
    if name == "nn":
        return _import("tidegate.nn")
    if name in _HOMES:
        return getattr(_import(_HOMES[name]), name)
    raise AttributeError(f"module 'tidegate' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _import(module: str) -> Any:
    from tidegate.errors import MissingExtraError

    try:
        return import_module(module)
    except ModuleNotFoundError as cause:
        if (cause.name or "").partition(".")[0] == "tidegate":
            raise
        raise MissingExtraError.of("train", cause) from cause
