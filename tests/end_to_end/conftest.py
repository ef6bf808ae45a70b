import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

PROGRAM = Path(sys.executable).with_name("tidegate")


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts the installed program in an empty folder, in one thread: several run side by side on small machines."""

    def launch(*arguments: object, **options: Any) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        return subprocess.Popen([PROGRAM, *map(str, arguments)], text=True, cwd=tmp_path, env=environment, **pipes)

    return launch


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trend, a season of a year and noise, by month."""
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    steps = np.arange(120)
    noise = np.random.default_rng(0).normal(0, 1, 120)
    values = 50 + 0.3 * steps + 8 * np.sin(2 * np.pi * steps / 12) + noise
    rows = [f"{month},{value:.3f}" for month, value in zip(np.datetime64("2010-01") + steps, values, strict=True)]
    path.write_text("\n".join(["month,sales", *rows]) + "\n")
    return path
