from __future__ import annotations

import numpy as np
import torch

from tidegate import nn


def test_a_step_is_the_papers_equation(arrays, x, h) -> None:
    cell = nn.MinGRUCell(3, 5, dtype=torch.float64)
    w = arrays(cell)
    assert {name: array.shape for name, array in w.items()} == {"weight_ih": (10, 3), "bias_ih": (10,)}
    pre_update, candidate = np.split(x @ w["weight_ih"].T + w["bias_ih"], 2, axis=1)
    z = 1 / (1 + np.exp(-pre_update))
    actual = cell(torch.tensor(x), torch.tensor(h))
    # float64, four products of order one: 1e-12 is some thousand roundings.
    np.testing.assert_allclose(actual.detach(), (1 - z) * h + z * candidate, rtol=1e-12, atol=1e-12)


def test_a_layer_is_its_cell_step_by_step() -> None:
    layer, cell = nn.MinGRU(3, 5, dtype=torch.float64), nn.MinGRUCell(3, 5, dtype=torch.float64)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    x, h = torch.randn(6, 2, 3, dtype=torch.float64), torch.randn(2, 5, dtype=torch.float64)
    outputs, final = layer(x, h[None])
    for step, output in zip(x, outputs, strict=True):
        h = cell(step, h)
        torch.testing.assert_close(output, h)
    torch.testing.assert_close(final[0], h)
