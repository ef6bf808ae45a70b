import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tidegate.cli import main

QUICK = ["--epochs", "2", "--horizon", "6", "--set", "hidden_size=4", "--set", "window=12"]


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Command = Callable[..., Result]


def run(*arguments: object) -> Result:
    """The command line, in this process, with what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(one) for one in arguments])
    return Result(code, out.getvalue(), err.getvalue())


@pytest.fixture
def quick() -> list[str]:
    """Options of `fit` that make it a matter of a moment."""
    return QUICK


@pytest.fixture
def tidegate() -> Command:
    return run


def monthly_rows(count: int, seed: int = 0) -> Iterator[str]:
    """Lines of a CSV: a trend, a yearly season and noise."""
    rng = np.random.default_rng(seed)
    steps = np.arange(count)
    values = 50 + 0.3 * steps + 8 * np.sin(2 * np.pi * steps / 12) + rng.normal(0, 1, count)
    for month, value in zip(np.datetime64("2010-01") + steps, values, strict=True):
        yield f"{month},{value:.3f}"


@pytest.fixture(scope="session")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    path.write_text("\n".join(["month,sales", *monthly_rows(96)]) + "\n")
    return path


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six series, two targets, and a covariate known ahead of time."""
    path = tmp_path_factory.mktemp("data") / "shops.csv"
    rng = np.random.default_rng(1)
    lines = [
        f"shop{shop},{line},{rng.uniform(1, 9):.2f},{rng.integers(0, 2)}"
        for shop in range(6)
        for line in monthly_rows(60, seed=shop)
    ]
    path.write_text("\n".join(["unique_id,month,sales,visits,holiday", *lines]) + "\n")
    return path


@pytest.fixture(scope="session")
def fitted(sales: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """What `fit` printed, and the folder that it filled."""
    folder = tmp_path_factory.mktemp("runs") / "sales"
    return run("fit", "forecast", sales, "--out", folder, *QUICK), folder


@pytest.fixture(scope="session")
def model(fitted: tuple[Result, Path]) -> Path:
    return fitted[1] / "model.safetensors"
