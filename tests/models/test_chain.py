"""All paths of a small chain can be written out: sums, maxima and marginals are compared with that."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tidegate.models.chain import Chain, log_partition, marginals, viterbi

Problem = tuple[Tensor, Chain, Tensor]


def problem(seed: int, lengths: tuple[int, ...] = (4, 1, 3), tags: int = 3, spread: float = 2.0) -> Problem:
    source = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return spread * torch.randn(*shape, generator=source, dtype=torch.float64)

    return (
        normal(len(lengths), max(lengths), tags),
        Chain(normal(tags), normal(tags, tags), normal(tags)),
        torch.tensor(lengths),
    )


def all_paths(emissions: Tensor, chain: Chain) -> dict[tuple[int, ...], Tensor]:
    """The score of every path through one row, step by step as the definition says it."""
    found = {}
    for path in product(range(emissions.shape[1]), repeat=len(emissions)):
        score = chain.start[path[0]] + chain.end[path[-1]]
        score = score + sum(emissions[step, tag] for step, tag in enumerate(path))
        found[path] = score + sum(chain.transitions[move] for move in pairwise(path))
    return found


def rows(emissions: Tensor, lengths: Tensor) -> list[Tensor]:
    return [row[:length] for row, length in zip(emissions, lengths, strict=True)]


lengths_of = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
unhurried = settings(deadline=None)  # other processes share the machine


@unhurried
@given(st.integers(0, 10**6), lengths_of, st.integers(1, 4))
def test_the_partition_is_the_sum_over_all_paths(seed: int, lengths: tuple[int, ...], tags: int) -> None:
    emissions, chain, counts = problem(seed, lengths, tags)
    expected = [torch.stack(list(all_paths(row, chain).values())).logsumexp(0) for row in rows(emissions, counts)]
    # Both add some hundred doubles: a few roundings of 1e-16.
    torch.testing.assert_close(log_partition(emissions, chain, counts), torch.stack(expected), rtol=1e-12, atol=1e-12)


@unhurried
@given(st.integers(0, 10**6), lengths_of, st.integers(1, 4))
def test_viterbi_finds_the_best_of_all_paths(seed: int, lengths: tuple[int, ...], tags: int) -> None:
    emissions, chain, counts = problem(seed, lengths, tags)
    found = viterbi(emissions, chain, counts)
    for path, row, length in zip(found, rows(emissions, counts), lengths, strict=True):
        scores = all_paths(row, chain)
        assert tuple(path[:length].tolist()) == max(scores, key=lambda one: float(scores[one]))
        assert (path[length:] == -1).all()


@unhurried
@given(st.integers(0, 10**6), lengths_of, st.integers(1, 4))
def test_marginals_are_shares_of_all_paths(seed: int, lengths: tuple[int, ...], tags: int) -> None:
    emissions, chain, counts = problem(seed, lengths, tags)
    found = marginals(emissions, chain, counts)
    for shares, row, length in zip(found, rows(emissions, counts), lengths, strict=True):
        scores = all_paths(row, chain)
        weights = torch.stack(list(scores.values())).softmax(0)
        expected = torch.zeros(length, tags, dtype=torch.float64)
        for path, weight in zip(scores, weights, strict=True):
            expected[range(length), list(path)] += weight
        # As above: sums of some hundred doubles.
        torch.testing.assert_close(shares[:length], expected, rtol=1e-10, atol=1e-12)
        assert (shares[length:] == 0).all()


@pytest.mark.parametrize("lengths", [(3, 3), (4, 1, 3), (1,)])
def test_the_gradient_is_that_of_the_function(lengths: tuple[int, ...]) -> None:
    emissions, chain, counts = problem(1, lengths)
    inputs = [part.requires_grad_() for part in (emissions, *chain)]

    def function(emissions: Tensor, *parts: Tensor) -> Tensor:
        return log_partition(emissions, Chain(*parts), counts)

    assert torch.autograd.gradcheck(function, inputs)


def test_the_gradient_by_the_emissions_is_the_marginals() -> None:
    emissions, chain, counts = problem(2)
    (gradient,) = torch.autograd.grad(log_partition(emissions.requires_grad_(), chain, counts).sum(), emissions)
    # The same products in another order.
    torch.testing.assert_close(gradient, marginals(emissions, chain, counts), rtol=1e-12, atol=1e-14)


def logsumexp_recursion(emissions: Tensor, chain: Chain) -> Tensor:
    """The textbook's recursion on rows of full length."""
    alpha = chain.start + emissions[:, 0]
    for step in range(1, emissions.shape[1]):
        alpha = (alpha.unsqueeze(2) + chain.transitions).logsumexp(1) + emissions[:, step]
    return (alpha + chain.end).logsumexp(1)


@pytest.mark.parametrize("spread", [0.1, 5.0, 50.0])
def test_long_rows_and_large_scores_neither_overflow_nor_vanish(spread: float) -> None:
    emissions, chain, counts = problem(3, (300,) * 4, tags=7, spread=spread)
    inputs = [part.requires_grad_() for part in (emissions, *chain)]
    found = log_partition(emissions, chain, counts)
    expected = logsumexp_recursion(emissions, chain)
    # 300 steps, each with a handful of roundings.
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-9)
    gradients = [torch.autograd.grad(total.sum(), inputs) for total in (found, expected)]
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-7, atol=1e-9)


def test_float32_is_as_exact_as_its_result_can_be() -> None:
    emissions, chain, counts = problem(4, (40, 25, 31), tags=20)
    single = log_partition(emissions.float(), Chain(*(part.float() for part in chain)), counts)
    double = log_partition(emissions, chain, counts)
    assert single.dtype == torch.float32
    # Rounding the inputs moves each of some 80 summands by 6e-8 of its size.
    torch.testing.assert_close(single.double(), double, rtol=1e-6, atol=0)


def test_forbidden_moves_take_no_part() -> None:
    emissions, chain, counts = problem(5, (4, 2), tags=3)
    chain.transitions[0, 1] = chain.start[2] = -torch.inf
    kept = torch.stack([score for row in rows(emissions, counts)[:1] for score in all_paths(row, chain).values()])
    inputs = [part.requires_grad_() for part in (emissions, *chain)]
    found = log_partition(emissions, chain, counts)
    torch.testing.assert_close(found[0], kept.logsumexp(0), rtol=1e-12, atol=1e-12)
    gradients: Any = torch.autograd.grad(found.sum(), inputs)
    assert all(gradient.isfinite().all() for gradient in gradients)
    assert gradients[2][0, 1] == gradients[1][2] == 0
    decoded = viterbi(emissions, chain, counts)
    assert (decoded[:, 0] != 2).all()
    assert not ((decoded[:, :-1] == 0) & (decoded[:, 1:] == 1)).any()


def test_padding_is_never_looked_at() -> None:
    emissions, chain, counts = problem(6)
    changed = emissions.clone()
    changed[1, 1:] = torch.randn_like(changed[1, 1:])
    for function in (log_partition, marginals, viterbi):
        assert torch.equal(function(emissions, chain, counts), function(changed, chain, counts))
