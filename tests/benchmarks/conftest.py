"""Records as a run writes them, with made-up seconds; and torch left as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch


@pytest.fixture(autouse=True)
def _torch_as_found() -> Iterator[None]:
    """A peer has its process for itself and sets torch up as it likes; here it shares one."""
    threads = torch.get_num_threads()
    with torch.set_grad_enabled(torch.is_grad_enabled()):
        yield
    torch.set_num_threads(threads)


@pytest.fixture
def record() -> dict[str, Any]:
    """Three rounds of a GRU's forward pass; the second round was slowed down threefold for all."""
    seconds = {
        "tidegate": [0.002, 0.006, 0.002],
        "torch": [0.008, 0.024, 0.009],
        "onnxruntime": [0.005, 0.015, 0.005],
        "peak": [0.001, 0.003, 0.001],
    }
    contenders: dict[str, dict[str, Any]] = {
        name: {"seconds": taken, "cores": [2.0] * 3} for name, taken in seconds.items()
    }
    contenders["tidegate"]["path"] = "native"
    contenders["peak"]["operations"] = "150000000.0"
    return {
        "measure": "peers",
        "cell": "gru",
        "shape": "50,32,100,256",
        "pass": "forward",
        "threads": 2,
        "contenders": contenders,
        "left_out": {"openvino": "not installed: No module named 'openvino'"},
    }
