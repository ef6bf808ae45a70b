from __future__ import annotations

import pytest
import torch
from torch import nn

from tidegate.models.normalisation import SequenceBatchNorm

LENGTHS = torch.tensor([5, 2, 0, 3])


def batch(seed: int = 0) -> torch.Tensor:
    return torch.randn(4, 5, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def true_steps() -> torch.Tensor:
    return torch.arange(5) < LENGTHS.unsqueeze(1)


@pytest.mark.parametrize("training", [True, False])
def test_it_is_torchs_batch_norm_of_the_true_steps(training):
    ours, theirs = SequenceBatchNorm(3).double(), nn.BatchNorm1d(3).double()
    for norm in (ours.norm, theirs):
        nn.init.normal_(norm.weight, generator=torch.Generator().manual_seed(1))
        nn.init.normal_(norm.bias, generator=torch.Generator().manual_seed(2))
    for seed in range(3):  # running statistics move
        ours(batch(seed), LENGTHS), theirs(batch(seed)[true_steps()])
    ours.train(training), theirs.train(training)
    x = batch(9)
    assert torch.equal(ours(x, LENGTHS)[true_steps()], theirs(x[true_steps()]))
    assert torch.equal(ours.norm.running_var, theirs.running_var)
    assert torch.equal(ours(x, LENGTHS)[~true_steps()], torch.zeros(10, 3, dtype=torch.float64))


def test_without_lengths_every_step_is_true():
    x = batch()
    assert torch.equal(SequenceBatchNorm(3).double()(x), SequenceBatchNorm(3).double()(x, torch.full((4,), 5)))


def test_padding_has_no_part_in_values_statistics_and_gradients():
    x = batch()
    poisoned = torch.where(true_steps().unsqueeze(-1), x, torch.nan)
    results = []
    for given in (x, poisoned):
        norm, leaf = SequenceBatchNorm(3).double(), given.clone().requires_grad_()
        out = norm(leaf, LENGTHS)
        (out * batch(4)).sum().backward()
        results.append((out, norm.norm.running_mean, leaf.grad, norm.norm.weight.grad))
    for clean, dirty in zip(*results, strict=True):
        assert torch.equal(clean, dirty)


def test_a_single_true_step_takes_the_running_statistics():
    norm = SequenceBatchNorm(3).double()
    norm(batch(1), LENGTHS)
    x, one = batch(2), torch.tensor([1, 0, 0, 0])
    expected = norm.eval()(x, one)
    assert torch.equal(norm.train()(x, one), expected)
    assert expected[0, 0].abs().min() > 0


def test_no_true_step_at_all_gives_zeros():
    assert torch.equal(
        SequenceBatchNorm(3).double()(batch(), torch.zeros(4, dtype=torch.int64)), torch.zeros(4, 5, 3).double()
    )


def test_lengths_may_be_unsigned():
    x, lengths = torch.randn(3, 4, 2), torch.tensor([4, 0, 2])
    expected = SequenceBatchNorm(2)(x, lengths)
    assert torch.equal(SequenceBatchNorm(2)(x, lengths.to(torch.uint16)), expected)
