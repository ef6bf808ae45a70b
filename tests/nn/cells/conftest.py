"""NumPy, for transcribing the textbooks' equations a second time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

F, H, B = 3, 5, 4
Arrays = dict[str, np.ndarray]


@pytest.fixture
def arrays() -> Callable[[nn.Module], Arrays]:
    """Gives every parameter a random value and returns them all, without the suffix of a layer."""

    def draw(module: nn.Module) -> Arrays:
        generator = torch.Generator().manual_seed(5)
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
        return {name.removesuffix("_l0"): parameter.detach().numpy() for name, parameter in module.named_parameters()}

    return draw


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(B, F))


@pytest.fixture
def h() -> np.ndarray:
    return np.random.default_rng(2).normal(size=(B, H))


@pytest.fixture
def c() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(B, H))
