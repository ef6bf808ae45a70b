from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from tidegate.training.examples import (
    Rows,
    TensorExamples,
    batches_as_they_stand,
    bucketed,
    epoch_batches,
    fingerprint,
    in_order,
)


class Columns(NamedTuple):
    inputs: Tensor
    lengths: Tensor | None = None


def examples(count: int = 23) -> TensorExamples[Columns]:
    return TensorExamples(Columns(torch.randn(count, 3, generator=torch.Generator().manual_seed(1))))


def test_a_batch_gathers_rows_and_leaves_none_alone() -> None:
    whole = examples()
    batch = whole.batch(np.array([4, 4, 0]))
    assert torch.equal(batch.inputs, whole.columns.inputs[[4, 4, 0]])
    assert batch.lengths is None
    assert isinstance(batch, Columns)


@pytest.mark.parametrize("lengths", [torch.ones(4), torch.ones(0)])
def test_columns_of_unequal_length_are_refused(lengths: Tensor) -> None:
    with pytest.raises(ValueError, match="same number of examples"):
        TensorExamples(Columns(torch.ones(5, 1), lengths))


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 2**70), st.integers(0, 9))
def test_each_epoch_has_every_row_once_in_full_batches(count: int, size: int, seed: int, epoch: int) -> None:
    batches = epoch_batches(examples(count), size, seed, epoch)
    assert sorted(np.concatenate(batches)) == list(range(count))
    assert all(len(batch) == size for batch in batches[:-1])
    again = epoch_batches(examples(count), size, seed, epoch)
    assert all(np.array_equal(one, other) for one, other in zip(batches, again, strict=True))


def test_the_order_follows_seed_and_epoch() -> None:
    orders = {tuple(np.concatenate(epoch_batches(examples(), 4, seed, epoch))) for seed in (0, 1) for epoch in (0, 1)}
    assert len(orders) == 4


def test_examples_may_cut_their_own_batches() -> None:
    class Reversing(TensorExamples[Columns]):
        def batches(self, batch_size: int, source: np.random.Generator, /) -> Sequence[Rows]:
            self.drawn = source.random()
            return in_order(len(self), batch_size)[::-1]

    own = Reversing(Columns(torch.ones(5, 1)))
    found = epoch_batches(own, 2, seed=3, epoch=1)
    assert [list(batch) for batch in found] == [[4], [2, 3], [0, 1]]
    drawn = own.drawn
    epoch_batches(own, 2, seed=3, epoch=2)
    assert own.drawn != drawn


def test_examples_that_continue_one_another_are_cut_in_one_way_by_all() -> None:
    class Continuous(TensorExamples[Columns]):
        def segments(self) -> Sequence[Rows]:
            return in_order(len(self), 3)

    own = Continuous(Columns(torch.ones(6, 1)))
    for batches in (epoch_batches(own, 2, seed=3, epoch=1), batches_as_they_stand(own, 2)):
        assert [list(batch) for batch in batches] == [[0, 1, 2], [3, 4, 5]]
    assert len(batches_as_they_stand(TensorExamples(Columns(torch.ones(6, 1))), 2)) == 3


@given(st.lists(st.integers(0, 50), min_size=1, max_size=90), st.integers(1, 7), st.integers(0, 9))
def test_bucketed_batches_hold_every_row_once(lengths: list[int], size: int, seed: int) -> None:
    batches = bucketed(lengths, size, np.random.default_rng(seed), pool=3)
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert max(map(len, batches)) <= size


def test_bucketed_batches_need_little_padding_and_come_in_random_order() -> None:
    lengths = np.random.default_rng(0).integers(1, 200, 640)
    batches = bucketed(lengths, 16, np.random.default_rng(1))
    spread = [np.ptp(lengths[batch]) for batch in batches]
    # 640 lengths below 200 sorted into 40 batches: each spans about a fortieth of the range, five; at random 180.
    assert np.mean(spread) < 10
    longest = [lengths[batch].max() for batch in batches]
    assert longest != sorted(longest)


@dataclass(frozen=True)
class Frozen:
    inputs: Tensor


class Other:
    """Examples of any kind of batch."""

    def __init__(self, inputs: Tensor, kind: Any) -> None:
        self.inputs, self.kind = inputs, kind

    def __len__(self) -> int:
        return len(self.inputs)

    def batch(self, rows: Rows, /) -> Any:
        return self.kind(self.inputs[torch.from_numpy(rows)])


KINDS = [Columns, Frozen, lambda inputs: {"inputs": inputs}, lambda inputs: [inputs], lambda inputs: inputs]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.int16, torch.bool])
def test_a_fingerprint_tells_any_change(kind: Any, dtype: torch.dtype) -> None:
    inputs = (torch.randn(1500, 2, generator=torch.Generator().manual_seed(1)) * 5).to(dtype)
    first = fingerprint(Other(inputs, kind))
    assert fingerprint(Other(inputs.clone(), kind)) == first
    changed = inputs.clone()
    changed[-1, 1] = ~changed[-1, 1] if dtype is torch.bool else changed[-1, 1] + 1
    assert fingerprint(Other(changed, kind)) != first
    assert fingerprint(Other(inputs[:-1], kind)) != first


def test_examples_may_know_their_fingerprint() -> None:
    class Known(Other):
        def fingerprint(self) -> str:
            return "known"

    assert fingerprint(Known(torch.ones(2, 1), Columns)) == "known"
