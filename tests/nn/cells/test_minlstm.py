from __future__ import annotations

import numpy as np
import torch

from tidegate import nn


def test_a_step_is_the_papers_equation(arrays, x, h) -> None:
    cell = nn.MinLSTMCell(3, 5, dtype=torch.float64)
    w = arrays(cell)
    assert {name: array.shape for name, array in w.items()} == {"weight_ih": (15, 3), "bias_ih": (15,)}
    pre_i, pre_f, candidate = np.split(x @ w["weight_ih"].T + w["bias_ih"], 3, axis=1)
    i, f = 1 / (1 + np.exp(-pre_i)), 1 / (1 + np.exp(-pre_f))
    expected = f / (f + i) * h + i / (f + i) * candidate
    actual = cell(torch.tensor(x), torch.tensor(h))
    # float64, four products of order one: 1e-12 is some thousand roundings.
    np.testing.assert_allclose(actual.detach(), expected, rtol=1e-12, atol=1e-12)


def test_two_closed_gates_still_share_one_whole(h) -> None:
    """Where both sigmoids underflow, i / (i + f) by the letter would be 0 / 0."""
    cell = nn.MinLSTMCell(3, 5)
    with torch.no_grad():
        cell.weight_ih.zero_()
        cell.bias_ih[:10] = -200.0
        cell.bias_ih[10:] = 3.0
    state = torch.tensor(h, dtype=torch.float32)
    torch.testing.assert_close(cell(torch.randn(4, 3), state), (state + 3.0) / 2)
