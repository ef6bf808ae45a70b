"""What is said of the engine holds on every instruction set of this machine, not on the widest alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate import _native

HERE = Path(__file__).parent
KERNELS = HERE.parent / "nn" / "kernels"
OTHERS = [
    *(HERE / f"test_native_{what}.py" for what in ("accuracy", "backward", "engine", "layer", "second_order")),
    *(KERNELS / f"test_{what}.py" for what in ("carrying", "straight")),
]


@pytest.mark.parametrize(
    ("files", "marked"),
    [
        pytest.param([HERE / "test_native_parity.py"], "not slow", id="parity"),
        pytest.param([HERE / "test_native_parity.py"], "slow", id="parity at length", marks=pytest.mark.slow),
        pytest.param(OTHERS, "not slow", id="all else"),
    ],
)
@pytest.mark.parametrize("isa", _native.isas()[:-1])
def test_on_a_narrower_set(isa: str, files: list[Path], marked: str) -> None:
    if "TIDEGATE_ISA" in os.environ:
        pytest.skip("one instruction set is forced already")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-m", marked, *map(str, files)]
    done = subprocess.run(command, env=os.environ | {"TIDEGATE_ISA": isa}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
