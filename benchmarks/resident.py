"""The memory of this process, from Linux's /proc; other systems raise FileNotFoundError."""

from __future__ import annotations

import re
from pathlib import Path

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident_bytes() -> int:
    """What the process holds in memory now."""
    return _field("VmRSS")


def resident_peak_bytes() -> int:
    """The most it held since `reset_peak`; `getrusage` would count what it held while its libraries loaded."""
    return _field("VmHWM")


def reset_peak() -> None:
    """Begin a new peak (`man 5 proc`, clear_refs)."""
    _RESET.write_text("5")


def _field(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    if found is None:
        raise FileNotFoundError(f"{_STATUS} has no {name}")
    return 1024 * int(found[1])
