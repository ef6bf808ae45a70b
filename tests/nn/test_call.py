from __future__ import annotations

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from tidegate import nn
from tidegate.errors import ConfigurationError

NAMES = ["RNN", "GRU", "LSTM"]


def state(name: str, *shape: int) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    return (torch.randn(shape), torch.randn(shape)) if name == "LSTM" else torch.randn(shape)


@pytest.mark.parametrize(
    ("x", "shape"),
    [
        ((3,), None),
        ((2, 2, 2, 3), None),
        ((6, 4, 2), None),
        ((6, 2), None),
        ((6, 4, 3), (1, 5, 5)),
        ((6, 4, 3), (2, 4, 5)),
        ((6, 4, 3), (1, 4, 6)),
        ((6, 4, 3), (4, 5)),
        ((6, 3), (1, 1, 5)),
        ((6, 3), (1, 6)),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_wrong_shapes_raise_torchs_error_in_torchs_words(name, x, shape) -> None:
    arguments = (torch.randn(x),) if shape is None else (torch.randn(x), state(name, *shape))
    with pytest.raises((ValueError, RuntimeError)) as theirs:
        getattr(torch.nn, name)(3, 5)(*arguments)
    with pytest.raises(theirs.type) as ours:
        getattr(nn, name)(3, 5)(*arguments)
    assert str(ours.value) == str(theirs.value)
    assert ours.type is theirs.type


def test_the_lstms_cell_state_is_checked_too() -> None:
    with pytest.raises(RuntimeError, match=r"Expected hidden\[1\] size \(1, 4, 5\), got \[1, 4, 2\]"):
        nn.LSTM(3, 5, proj_size=2)(torch.randn(6, 4, 3), (torch.randn(1, 4, 2), torch.randn(1, 4, 2)))


@pytest.mark.parametrize("name", NAMES)
def test_packed_input_is_checked_too(name) -> None:
    packed = pack_padded_sequence(torch.randn(6, 2, 4), [6, 2])
    with pytest.raises(RuntimeError, match="Expected 3, got 4"):
        getattr(nn, name)(3, 5)(packed)
    packed = pack_padded_sequence(torch.randn(6, 2, 3), [2, 6], enforce_sorted=False)
    with pytest.raises(RuntimeError, match="size"):
        getattr(nn, name)(3, 5)(packed, state(name, 1, 3, 5))


def test_lengths_where_they_mean_nothing() -> None:
    layer = nn.GRU(3, 5)
    with pytest.raises(ConfigurationError, match="x has two dimensions"):
        layer(torch.randn(6, 3), lengths=[6])
    with pytest.raises(ConfigurationError, match="PackedSequence"):
        layer(pack_padded_sequence(torch.randn(6, 2, 3), [6, 2]), lengths=[6, 2])


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_one_sequence_is_a_batch_of_one(name, batch_first) -> None:
    layer = getattr(nn, name)(3, 5, 2, batch_first=batch_first)
    x = torch.randn(6, 3)
    output, final = layer(x)
    expected, last = layer(x[None] if batch_first else x[:, None])
    torch.testing.assert_close(output, expected.squeeze(0 if batch_first else 1))
    finals, lasts = (final, last) if name == "LSTM" else ((final,), (last,))
    for one, batched in zip(finals, lasts, strict=True):
        torch.testing.assert_close(one, batched[:, 0])


@pytest.mark.parametrize("name", NAMES)
def test_autocast_runs_in_low_precision(name) -> None:
    layer = getattr(nn, name)(3, 5)
    x = torch.randn(6, 4, 3)
    exact = layer(x)[0]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = layer(x.bfloat16())[0]
    # bfloat16 keeps eight bits; six steps of numbers of order one stay within some of its roundings.
    torch.testing.assert_close(rough.float(), exact, rtol=0.05, atol=0.05)
    assert not torch.equal(rough.float(), exact)


@pytest.mark.parametrize("make", [nn.LSTM, torch.nn.LSTM])
def test_the_lstms_state_is_a_pair(make) -> None:
    layer, part = make(3, 5), torch.randn(1, 4, 5)
    with pytest.raises(RuntimeError):
        layer(torch.randn(6, 4, 3), (part, part, part))
    with pytest.raises(TypeError):
        layer(torch.randn(6, 4, 3), torch.stack([part, part]))
