"""A compiled part from older sources is told as such, wherever something of it is missing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tidegate import compiled

OLD = """
import sys, types
old = types.ModuleType("tidegate._native")
old.isa = lambda: "baseline"
sys.modules["tidegate._native"] = old
from tidegate.errors import OutdatedBuildError
"""
TELLS = "tidegate's compiled part is older than the rest and lacks 'forward_float32'; build it again: pip install"
FOR_ARRAYS = """
import numpy as np
from tidegate.runtime import Recurrent
shapes = {"weight_ih_l0": (2, 3), "weight_hh_l0": (2, 2), "bias_ih_l0": 2, "bias_hh_l0": 2}
weights = {name: np.ones(shape) for name, shape in shapes.items()}
try:
    Recurrent("rnn", {"input_size": 3, "hidden_size": 2}, weights).step(np.ones((1, 3)))
except OutdatedBuildError as error:
    assert "lacks 'Layer64'" in str(error), error
    sys.exit(7)
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", OLD + code, *arguments], capture_output=True, text=True)


def test_layers_say_that_the_build_is_old() -> None:
    done = run("from tidegate import nn")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"tidegate.errors.OutdatedBuildError: {TELLS}")


def test_the_runtime_says_so() -> None:
    assert run(FOR_ARRAYS).returncode == 7


def test_doctor_says_so() -> None:
    done = run("from tidegate.cli import main; sys.argv = ['tidegate', 'doctor']; main()")
    assert done.returncode == 0, done.stderr
    assert "present, but its calls fail: tidegate's compiled part is older" in done.stdout
    assert TELLS in done.stdout


def test_other_names_are_looked_up_as_ever() -> None:
    module = compiled.load()
    if module is None:
        pytest.skip("installed without the compiled part")
    assert not hasattr(module, "__path__")
    assert module.isa() in module.isas()
