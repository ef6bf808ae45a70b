from __future__ import annotations

import pytest
import torch

from tidegate import nn
from tidegate.nn.kernels.dispatch import force_path

F, H, B, T = 3, 5, 4, 6


def halves(stack: torch.nn.Module, layers: int, **options: object) -> list[torch.nn.Module]:
    """The layers of a stack, each by itself."""
    singles = []
    for index in range(layers):
        width = F if index == 0 else stack.state_dict()[f"weight_ih_l{index}"].size(1)
        single = type(stack)(width, H, dtype=torch.float64, **options)
        own = {name.replace(f"_l{index}", "_l0"): v for name, v in stack.state_dict().items() if f"_l{index}" in name}
        single.load_state_dict(own, strict=True)
        singles.append(single)
    return singles


@pytest.mark.parametrize("path", ["walk", "torch"])
@pytest.mark.parametrize("merge", ["concat", "sum", "mean"])
def test_merged_directions(merge: str, path: str) -> None:
    concat = nn.GRU(F, H, bidirectional=True, dtype=torch.float64)
    merged = nn.GRU(F, H, bidirectional=True, merge=merge, dtype=torch.float64)
    merged.load_state_dict(concat.state_dict(), strict=True)
    x = torch.randn(T, B, F, dtype=torch.float64)
    with force_path(path):
        (forward, backward), (output, final) = concat(x)[0].chunk(2, dim=-1), merged(x)
    expected = {"concat": torch.cat((forward, backward), -1), "sum": forward + backward}
    expected["mean"] = expected["sum"] / 2
    torch.testing.assert_close(output, expected[merge])
    torch.testing.assert_close(final, concat(x)[1])


@pytest.mark.parametrize("path", ["walk", "torch"])
@pytest.mark.parametrize("merge", ["concat", "sum"])
def test_residual_adds_from_the_second_layer_on_and_leaves_the_state(merge: str, path: str) -> None:
    both = {"bidirectional": True, "merge": merge}
    stack = nn.LSTM(F, H, 3, residual=True, dtype=torch.float64, **both)
    x = torch.randn(T, B, F, dtype=torch.float64)
    with force_path(path):
        output, (h, c) = stack(x)
        rows, states = x, []
        for index, single in enumerate(halves(stack, 3, **both)):
            computed, state = single(rows)
            rows = computed + rows if index else computed
            states.append(state)
    torch.testing.assert_close(output, rows)
    torch.testing.assert_close(h, torch.cat([state[0] for state in states]))
    torch.testing.assert_close(c, torch.cat([state[1] for state in states]))
    assert (h[-2] - output[-1][:, :H]).abs().max() > 1e-3


def test_the_first_layer_has_no_residual_even_where_widths_agree() -> None:
    plain, residual = nn.GRU(H, H, dtype=torch.float64), nn.GRU(H, H, residual=True, dtype=torch.float64)
    residual.load_state_dict(plain.state_dict())
    x = torch.randn(T, B, H, dtype=torch.float64)
    torch.testing.assert_close(residual(x), plain(x))


@pytest.mark.parametrize("path", ["walk", "torch"])
def test_dropout_acts_between_layers_in_training_only(path: str) -> None:
    torch.manual_seed(0)
    stack = nn.GRU(F, H, 2, dropout=1.0, dtype=torch.float64)
    x = torch.randn(T, B, F, dtype=torch.float64)
    first, second = halves(stack, 2)
    with force_path(path):
        output, final = stack(x)
        expected, last = second(torch.zeros(T, B, H, dtype=torch.float64))
        torch.testing.assert_close(output, expected)
        torch.testing.assert_close(final, torch.cat((first(x)[1], last)))
        evaluated = stack.eval()(x)[0]
        torch.testing.assert_close(evaluated, second(first(x)[0])[0])
    assert (evaluated - output).abs().max() > 1e-3


def test_the_skip_is_not_dropped() -> None:
    stack = nn.GRU(F, H, 2, dropout=1.0, residual=True, dtype=torch.float64)
    x = torch.randn(T, B, F, dtype=torch.float64)
    first, second = halves(stack, 2)
    expected = second(torch.zeros(T, B, H, dtype=torch.float64))[0] + first(x)[0]
    torch.testing.assert_close(stack(x)[0], expected)
