"""The conditional random field learns what single decisions cannot, and its probabilities are probabilities."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import Tensor

from tidegate.models.crf import LinearChainCRF

TAGS, LENGTHS = 3, torch.tensor([4, 2, 1])


@pytest.fixture
def crf() -> LinearChainCRF:
    torch.manual_seed(0)
    field = LinearChainCRF(TAGS).double()
    for part in field.parameters():
        torch.nn.init.normal_(part)
    return field


@pytest.fixture
def emissions() -> Tensor:
    return torch.randn(3, 4, TAGS, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def test_the_probabilities_of_all_paths_sum_to_one(crf: LinearChainCRF, emissions: Tensor) -> None:
    for row, length in enumerate(LENGTHS.tolist()):
        paths = torch.tensor(list(product(range(TAGS), repeat=length)))
        logs = crf(emissions[row, :length].expand(len(paths), -1, -1), paths, torch.full((len(paths),), length))
        assert logs.exp().sum().item() == pytest.approx(1.0, abs=1e-12)  # 81 doubles, rounded


def test_padding_holds_anything(crf: LinearChainCRF, emissions: Tensor) -> None:
    tags = torch.randint(TAGS, (3, 4), generator=torch.Generator().manual_seed(2))
    padded = torch.where(torch.arange(4) < LENGTHS.unsqueeze(1), tags, -100)
    assert torch.equal(crf(emissions, tags, LENGTHS), crf(emissions, padded, LENGTHS))


def test_unknown_tags_are_summed_over(crf: LinearChainCRF, emissions: Tensor) -> None:
    tags = torch.tensor([[0, -100, 2, -1], [1, 1, -100, -100], [-1, 0, 0, 0]])
    paths = torch.tensor([[0, first, 2, last] for first in range(TAGS) for last in range(TAGS)])
    logs = crf(emissions[0].expand(len(paths), -1, -1), paths, torch.full((len(paths),), 4))
    found = crf(emissions, tags, LENGTHS)
    # Nine doubles, summed in another order; the last row's only tag may be anything: probability one.
    torch.testing.assert_close(found[0], logs.logsumexp(0), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found[1], crf(emissions, tags.clamp(min=0), LENGTHS)[1], rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(found[2], torch.zeros((), dtype=torch.float64), rtol=0, atol=1e-12)


def test_the_decoded_path_is_the_most_probable(crf: LinearChainCRF, emissions: Tensor) -> None:
    best = crf(emissions, crf.decode(emissions, LENGTHS), LENGTHS)
    for seed in range(50):
        other = torch.randint(TAGS, (3, 4), generator=torch.Generator().manual_seed(seed))
        assert (crf(emissions, other, LENGTHS) <= best + 1e-12).all()  # equal paths: one rounding


def test_every_gradient_is_that_of_the_function(crf: LinearChainCRF, emissions: Tensor) -> None:
    tags = torch.randint(TAGS, (3, 4), generator=torch.Generator().manual_seed(3))
    names = [name for name, _ in crf.named_parameters()]

    def function(emissions: Tensor, *parts: Tensor) -> Tensor:
        named = dict(zip(names, parts, strict=True))
        found: Tensor = torch.func.functional_call(crf, named, (emissions, tags, LENGTHS))
        return found

    assert torch.autograd.gradcheck(function, [emissions.requires_grad_(), *crf.parameters()])


def test_marginals_are_those_of_its_own_paths(crf: LinearChainCRF, emissions: Tensor) -> None:
    paths = torch.tensor(list(product(range(TAGS), repeat=2)))
    shares = crf(emissions[1, :2].expand(len(paths), -1, -1), paths, torch.full((len(paths),), 2)).exp()
    expected = torch.stack([shares[paths[:, 0] == tag].sum() for tag in range(TAGS)])
    torch.testing.assert_close(crf.marginals(emissions, LENGTHS)[1, 0], expected, rtol=1e-12, atol=1e-12)


def test_it_learns_which_tag_follows_which() -> None:
    """Emissions say nothing: only that tags 0 1 2 0 1 2 … follow each other can be learnt."""
    field = LinearChainCRF(TAGS)
    tags = (torch.arange(6) + torch.arange(3).unsqueeze(1)) % TAGS
    lengths = torch.full((3,), 6)
    emissions = torch.zeros(3, 6, TAGS)
    emissions[torch.arange(3), 0, tags[:, 0]] = 3.0
    optimizer = torch.optim.Adam(field.parameters(), lr=0.2)
    for _ in range(60):
        optimizer.zero_grad()
        (-field(emissions, tags, lengths)).sum().backward()
        optimizer.step()
    assert torch.equal(field.decode(emissions, lengths), tags)
