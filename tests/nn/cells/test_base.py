from __future__ import annotations

import copy
import io

import pytest
import torch
from torch.nn.utils import parametrize

from tidegate import nn

CELLS = [nn.RNNCell, nn.GRUCell, nn.LSTMCell, nn.MinGRUCell, nn.MinLSTMCell]
TORCHS = [(nn.RNNCell, torch.nn.RNNCell), (nn.GRUCell, torch.nn.GRUCell), (nn.LSTMCell, torch.nn.LSTMCell)]


def first(state: torch.Tensor | tuple[torch.Tensor, ...]) -> torch.Tensor:
    return state[0] if isinstance(state, tuple) else state


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("ours", "theirs"), TORCHS)
def test_one_seed_gives_torchs_values_under_torchs_names(ours, theirs, bias) -> None:
    torch.manual_seed(3)
    expected = theirs(3, 5, bias)
    torch.manual_seed(3)
    actual = ours(3, 5, bias)
    assert list(actual.state_dict()) == list(expected.state_dict())
    for name, value in expected.state_dict().items():
        assert torch.equal(value, actual.state_dict()[name])
    assert (actual.bias_ih is None) == (not bias)
    assert repr(actual) == repr(expected)


@pytest.mark.parametrize("make", CELLS)
def test_one_sequence_without_a_batch(make) -> None:
    cell = make(3, 5)
    x = torch.randn(3)
    torch.testing.assert_close(first(cell(x)), first(cell(x[None]))[0])
    state = cell(x)
    alone, batched = cell(x, state), cell(x[None], torch.utils._pytree.tree_map(lambda part: part[None], state))
    torch.testing.assert_close(first(alone), first(batched)[0])


@pytest.mark.parametrize("make", CELLS)
def test_wrong_shapes_are_told(make) -> None:
    cell = make(3, 5)
    with pytest.raises(ValueError, match=f"{make.__name__}: Expected input to be 1D or 2D, got 3D instead"):
        cell(torch.randn(2, 2, 3))
    with pytest.raises(RuntimeError, match="got 4 expected 3"):
        cell(torch.randn(2, 4))


def test_the_lstms_second_state_is_checked_too() -> None:
    cell = nn.LSTMCell(3, 5)
    with pytest.raises(RuntimeError, match="hidden1 has inconsistent hidden_size: got 6, expected 5"):
        cell(torch.randn(2, 3), (torch.randn(2, 5), torch.randn(2, 6)))
    with pytest.raises(ValueError, match=r"Expected hx\[1\] to be 1D or 2D, got 3D instead"):
        cell(torch.randn(2, 3), (torch.randn(2, 5), torch.randn(1, 2, 5)))


@pytest.mark.parametrize("make", CELLS)
def test_copies_saves_and_moves_as_any_module(make) -> None:
    cell = make(3, 5)
    file = io.BytesIO()
    torch.save(cell, file)
    file.seek(0)
    x = torch.randn(2, 3)
    for twin in (copy.deepcopy(cell), torch.load(file, weights_only=False)):
        assert torch.equal(first(twin(x)), first(cell(x)))
    assert first(cell.double()(x.double())).dtype == torch.float64


def test_a_parametrised_weight_is_the_one_used() -> None:
    class Halved(torch.nn.Module):
        def forward(self, weight: torch.Tensor) -> torch.Tensor:
            return weight / 2

    cell, halved = nn.GRUCell(3, 5), nn.GRUCell(3, 5)
    halved.load_state_dict(cell.state_dict())
    parametrize.register_parametrization(halved, "weight_hh", Halved())
    with torch.no_grad():
        cell.weight_hh /= 2
    x, h = torch.randn(2, 3), torch.randn(2, 5)
    torch.testing.assert_close(halved(x, h), cell(x, h))


@pytest.mark.parametrize("make", CELLS)
@pytest.mark.parametrize(("x", "state"), [((3,), (2, 5)), ((3,), (1, 5)), ((2, 3), (5,)), ((1, 3), (5,))])
def test_batched_and_unbatched_do_not_mix(make, x, state) -> None:
    def given(kind):
        return (torch.randn(state), torch.randn(state)) if kind.__name__ == "LSTMCell" else torch.randn(state)

    with pytest.raises(RuntimeError, match=f"For {len(x)}D input, .* should also be {len(x)}D, got {len(state)}D"):
        make(3, 5)(torch.randn(x), given(make))
    for ours, theirs in TORCHS:
        if ours is make:
            with pytest.raises(RuntimeError):
                theirs(3, 5)(torch.randn(x), given(theirs))


@pytest.mark.parametrize("make", [nn.LSTMCell, torch.nn.LSTMCell])
def test_the_lstms_state_is_a_pair(make) -> None:
    cell, part = make(3, 5), torch.randn(2, 5)
    with pytest.raises(RuntimeError):
        cell(torch.randn(2, 3), (part, part, part))
    with pytest.raises(TypeError):
        cell(torch.randn(2, 3), torch.stack([part, part]))
