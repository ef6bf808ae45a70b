from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from tidegate.errors import ConfigurationError
from tidegate.nn.layout import Layout


def padded(lengths: list[int], steps: int) -> torch.Tensor:
    """[T, B, 1] whose true entries say 10·sequence + step and whose padding is NaN."""
    x = torch.full((steps, len(lengths), 1), torch.nan)
    for sequence, length in enumerate(lengths):
        x[:length, sequence, 0] = 10 * sequence + torch.arange(length)
    return x


def test_rows_go_step_by_step_longest_sequence_first() -> None:
    x = padded([1, 3, 0, 2], steps=4)
    layout = Layout.of_lengths(x, [1, 3, 0, 2])
    assert layout.sizes == (3, 2, 1)
    assert layout.batch == 4
    assert layout.gather(x).flatten().tolist() == [10, 30, 0, 11, 31, 12]
    assert not layout.dense


def test_padding_comes_back_as_zero_and_rows_to_their_places() -> None:
    x = padded([1, 3, 0, 2], steps=4)
    layout = Layout.of_lengths(x, torch.tensor([1, 3, 0, 2]))
    assert torch.equal(layout.pad(layout.gather(x), 4), x.nan_to_num(0.0))


@pytest.mark.parametrize("padded_from", [0.0, 6 / 16])
def test_padding_may_keep_its_rows(padded_from: float) -> None:
    x = torch.randn(4, 4, 2)
    layout = Layout.of_lengths(x, torch.tensor([1, 3, 0, 2]), padded_from)
    assert layout.dense
    assert layout.lengths.tolist() == [1, 3, 0, 2]
    assert torch.equal(layout.gather(x), x.view(16, 2))
    assert torch.equal(layout.pad(layout.gather(x), 4), x)
    assert torch.equal(layout.sort(x), x)
    with pytest.raises(ConfigurationError, match="between 0 and the 4 steps"):
        Layout.of_lengths(x, [1, 3, 0, 5], padded_from)


def test_much_padding_is_taken_out() -> None:
    layout = Layout.of_lengths(torch.randn(4, 4, 2), [1, 3, 0, 2], padded_from=7 / 16)
    assert layout.lengths is None
    assert layout.sizes == (3, 2, 1)
    assert Layout.of_lengths(torch.randn(4, 4, 2), [4] * 4, padded_from=0.5) == Layout(4, 4)


def test_it_is_torchs_layout() -> None:
    x = torch.randn(5, 4, 3)
    lengths = [2, 5, 5, 1]
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    mine, theirs = Layout.of_lengths(x, lengths), Layout.of_packed(packed)
    assert mine.sizes == theirs.sizes
    assert torch.equal(mine.order, theirs.order)
    assert torch.equal(mine.gather(x), packed.data)
    assert torch.equal(theirs.pad(packed.data, 5), mine.pad(packed.data, 5))


def test_states_are_sorted_and_back() -> None:
    layout = Layout.of_lengths(torch.randn(3, 4, 1), [1, 3, 0, 2])
    state = torch.randn(2, 4, 5)
    assert torch.equal(layout.sort(state), state[:, [1, 3, 0, 2]])
    assert torch.equal(layout.unsort(layout.sort(state)), state)


@pytest.mark.parametrize("steps", [3, 5])
def test_equal_lengths_are_dense(steps: int) -> None:
    x = torch.randn(steps, 4, 2)
    layout = Layout.of_lengths(x, [3] * 4)
    assert layout.dense
    assert layout.sizes == (4,) * 3
    rows = layout.gather(x)
    assert torch.equal(rows.view(3, 4, 2), x[:3])
    assert torch.equal(layout.pad(rows, steps)[:3], x[:3])
    assert not layout.pad(rows, steps)[3:].any()


@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ([1, 2, 3], r"one number for each of the 2 sequences, not \[3\]"),
        ([[1, 2]], r"one number for each of the 2 sequences, not \[1, 2\]"),
        ([1.0, 2.0], "whole numbers, not torch.float32"),
        ([True, False], "whole numbers, not torch.bool"),
        ([1, 6], r"between 0 and the 5 steps of x, not \[1, 6\]"),
        ([-1, 2], r"between 0 and the 5 steps of x, not \[-1, 2\]"),
    ],
)
def test_lengths_that_do_not_fit_are_told(lengths: list, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Layout.of_lengths(torch.randn(5, 2, 3), lengths)


def test_no_sequences_at_all() -> None:
    x = torch.randn(5, 0, 3)
    layout = Layout.of_lengths(x, [])
    assert layout.gather(x).shape == (0, 3)
    assert layout.pad(torch.randn(0, 7), 5).shape == (5, 0, 7)


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8"])
def test_lengths_of_any_whole_number_format(dtype: str) -> None:
    x = torch.randn(5, 3, 2)
    expected = Layout.of_lengths(x, [2, 5, 0])
    found = Layout.of_lengths(x, np.array([2, 5, 0], dtype=dtype))
    assert found.sizes == expected.sizes
    assert torch.equal(found.order, expected.order)
    with pytest.raises(ConfigurationError, match="between 0 and the 5 steps"):
        Layout.of_lengths(x, np.array([2, 6, 0], dtype=dtype))


@pytest.mark.parametrize("lengths", [["2", "5", "0"], "250", np.array(["2", "5", "0"]), [None, 1, 2]])
def test_lengths_that_are_no_numbers_are_told(lengths) -> None:
    with pytest.raises(ConfigurationError, match="lengths must be whole numbers"):
        Layout.of_lengths(torch.randn(5, 3, 2), lengths)
