"""What this machine and installation offer to tidegate. Works on a base install, without torch, typer and rich."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping
from importlib import import_module, metadata
from typing import Any

from tidegate import __version__, compiled
from tidegate.errors import ConfigurationError, OutdatedBuildError

_EXTRA = re.compile(r"extra\s*==\s*['\"]([\w-]+)['\"]")
_NAME = re.compile(r"[\w.-]+")


def examine() -> dict[str, Any]:
    """All findings as plain values."""
    return {
        "versions": {"tidegate": __version__, "python": platform.python_version(), **_libraries()},
        "platform": platform.platform(),
        "native": _native(),
        "threads": _threads(),
        "paths": _paths(),
        "extras": {extra: _extra(extra, names) for extra, names in _requirements().items() if extra},
    }


def told(findings: Mapping[str, Any]) -> str:
    """The findings as lines to read."""
    return "\n".join(_lines(findings))


def _lines(findings: Mapping[str, Any]) -> Iterator[str]:
    yield f"platform   {findings['platform']}"
    for name, version in findings["versions"].items():
        yield f"{name:<20} {version or 'not installed'}"
    yield ""
    yield f"native module   {findings['native']['state']}"
    yield "threads         " + ", ".join(f"{name} {count}" for name, count in findings["threads"].items())
    yield ""
    for path in findings["paths"]:
        yield f"{path['layer']:<36} {path['path']:<6} {path['reason']}"
    yield ""
    for extra, found in findings["extras"].items():
        missing = ", ".join(found["missing"])
        yield f"extra {extra:<6} " + (f"lacks {missing}: {found['remedy']}" if missing else "complete")


def _libraries() -> dict[str, str | None]:
    """Versions of what tidegate stands on; None for what is not there."""
    requirements = _requirements()
    return {name: _version(name) for name in requirements.get("", []) + requirements.get("train", [])}


def _requirements() -> dict[str, list[str]]:
    """Names of packages by the extra that asks for them, "" for those of the base install."""
    found: dict[str, list[str]] = {}
    for line in metadata.requires("tidegate") or []:
        extra, name = _EXTRA.search(line), _NAME.match(line)
        if name and name[0] != "tidegate":
            found.setdefault(extra[1] if extra else "", []).append(name[0])
    return found


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _extra(extra: str, names: list[str]) -> dict[str, Any]:
    missing = [name for name in names if _version(name) is None]
    return {"missing": missing, "remedy": f"pip install 'tidegate[{extra}]'" if missing else None}


def _native() -> dict[str, Any]:
    try:
        import_module("tidegate._native")
    except ImportError as cause:
        state = f"absent ({cause}); install a C++20 compiler, then tidegate anew. All works without it, only slower"
        return {"present": False, "instruction_set": None, "state": state}
    try:
        engine = compiled.load()
        used, offered = engine.isa(), ", ".join(engine.isas())
    except (ConfigurationError, OutdatedBuildError) as cause:  # TIDEGATE_ISA names what is not there, or an old build
        return {"present": True, "instruction_set": None, "state": f"present, but its calls fail: {cause}"}
    state = f"present; instruction set {used} (here: {offered}; TIDEGATE_ISA=NAME takes another)"
    return {"present": True, "instruction_set": used, "state": state}


def _threads() -> dict[str, int]:
    """Processors this process may use, and threads that torch takes."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        import torch
    except ImportError:
        return {"processors": usable}
    return {"processors": usable, "torch": torch.get_num_threads()}


def _paths() -> list[dict[str, str]]:
    """Which path a plain layer and some special ones take, and why."""
    try:
        import torch

        from tidegate import nn
    except (ConfigurationError, OutdatedBuildError) as cause:
        return [{"layer": "all", "path": "none", "reason": str(cause)}]
    except ImportError as cause:
        return [{"layer": "all", "path": "none", "reason": f"layers need torch ({cause}); the runtime does not"}]
    layers = {
        "RNN": nn.RNN(8, 16),
        "GRU": nn.GRU(8, 16),
        "GRU, reset='before'": nn.GRU(8, 16, reset="before"),
        "GRU, zoneout=0.1": nn.GRU(8, 16, zoneout=0.1),
        "GRU, layer_norm=True": nn.GRU(8, 16, layer_norm=True),
        "LSTM": nn.LSTM(8, 16),
        "LSTM, recurrent_dropout=0.2": nn.LSTM(8, 16, recurrent_dropout=0.2),
        "LSTM, peephole=True": nn.LSTM(8, 16, peephole=True),
        "MinGRU": nn.MinGRU(8, 16),
        "MinLSTM": nn.MinLSTM(8, 16),
    }
    steps = torch.zeros(3, 2, 8)
    return [{"layer": name, **_path(layer, steps)} for name, layer in layers.items()]


def _path(layer: Any, steps: Any) -> dict[str, str]:
    from tidegate.nn.kernels.dispatch import explain

    try:
        return explain(layer, steps)._asdict()
    except ConfigurationError as cause:  # somebody insists on a path that this layer cannot take
        return {"path": "none", "reason": str(cause)}
