"""Where and with what a run was measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any


def describe_machine(packages: Iterable[str]) -> dict[str, Any]:
    """The processor, its load, and the versions of these packages; a missing package is told as such."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "isa": _instruction_set(),
        "system": platform.platform(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "commit": _commit(),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in sorted(set(packages))},
    }


def _cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except FileNotFoundError:
        return platform.processor()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _instruction_set() -> str:
    """What our kernels run on: the widest of the processor unless TIDEGATE_ISA asks for another."""
    try:
        from tidegate._native import isa
    except ImportError:
        return "native module not built"
    return str(isa())


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
