from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from tidegate.estimators.forecasting.forecaster import Forecaster

TINY = {"hidden_size": 4, "epochs": 2, "window": 12, "horizon": 4, "batch_size": 16}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Bit for bit comparisons hold for equal numbers of threads, and tiny networks are quickest on one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def bits() -> Callable[[Forecaster], dict[str, bytes]]:
    """A forecaster's weights, to be compared to the last bit."""
    return lambda one: {
        name: weight.numpy().tobytes() for name, weight in one.fitted.engine.network.state_dict().items()
    }


@pytest.fixture
def tiny() -> Callable[..., Forecaster]:
    """A forecaster that trains in a moment."""
    return lambda cell="gru", **options: Forecaster(cell, **{**TINY, **options})


def _monthly(
    rows: int = 60, ids: tuple[str, ...] = (), start: str = "2000-01-01", seed: int = 0, **columns: Any
) -> Any:
    rng = np.random.default_rng(seed)
    parts = []
    for place, id in enumerate(ids or ("",)):
        wave = 10 + 5 * place + 3 * np.sin(2 * np.pi * np.arange(rows) / 12) + rng.normal(size=rows)
        part = {"ds": pd.date_range(start, periods=rows, freq="MS"), "y": wave}
        part |= {name: rng.normal(size=rows) if values is None else values for name, values in columns.items()}
        parts.append(pd.DataFrame({"unique_id": id, **part} if ids else part))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture
def monthly() -> Callable[..., pd.DataFrame]:
    """Monthly pandas series with a season of twelve; further columns are noise unless values are given."""
    return _monthly


@pytest.fixture(scope="session")
def fitted() -> Forecaster:
    """Trained on two monthly series "a" and "b"; only to be read."""
    return Forecaster(**TINY).fit(_monthly(ids=("a", "b")))
