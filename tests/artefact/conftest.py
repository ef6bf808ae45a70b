from __future__ import annotations

import numpy as np
import pytest

from tidegate.artefact.file import Artefact


@pytest.fixture
def artefact() -> Artefact:
    source = np.random.default_rng(1)
    return Artefact(
        kind="forecaster",
        configuration={"cell": "gru", "hidden_size": 4, "dropout": 0.1, "levels": [80, 95], "seasonality": None},
        preprocessing={"scaling": {"mean": 280.3, "deviation": 119.97}},
        vocabulary={"π": 0, "\n": 1, "": 2},
        metrics={"mase": float("nan"), "worst": float("inf"), "best": float("-inf"), "mae": 0.1 + 0.2},
        fingerprint={"rows": 144, "sha256": "a1b2"},
        tensors={
            "rnn.weight_ih_l0": source.standard_normal((12, 1)).astype(np.float32),
            "rnn.bias": source.standard_normal(12),
            "steps": np.array(7, dtype=np.int64),
            "nothing": np.zeros((0, 3), dtype=np.float32),
            "$float": source.integers(0, 9, 3),
            "seen": source.random(5) > 0.5,
        },
        created="2024-05-06T07:08:09+00:00",
    )
