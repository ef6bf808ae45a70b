"""The tagging network: shapes, padding without influence, decoding by rules, and the fast path."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tidegate.models.chain import Chain
from tidegate.models.characters import Spellings
from tidegate.models.encoder import EncoderOptions
from tidegate.models.tagger import TagBatch, TaggerNetwork, TaggerShape
from tidegate.nn.kernels import native
from tidegate.nn.kernels.dispatch import force_path

SHAPE = TaggerShape(words=9, characters=7, tags=4, embedding_size=6, character_size=5, character_hidden=3)
OPTIONS = EncoderOptions(hidden_size=8, bidirectional=True, dropout=0.5, input_dropout=0.5)
LENGTHS = torch.tensor([5, 2, 3])


def network(**changes: object) -> TaggerNetwork:
    torch.manual_seed(0)
    return TaggerNetwork(SHAPE.model_copy(update=changes), OPTIONS).eval()


@pytest.fixture
def batch() -> TagBatch:
    source = torch.Generator().manual_seed(1)
    words = torch.randint(1, 9, (3, 5), generator=source)
    real = torch.arange(5) < LENGTHS.unsqueeze(1)
    sizes = torch.tensor([3, 1, 4, 2])
    characters = torch.randint(1, 7, (4, 4), generator=source).masked_fill(torch.arange(4) >= sizes.unsqueeze(1), 0)
    places = torch.randint(4, (3, 5), generator=source)
    targets = torch.randint(4, (3, 5), generator=source)
    return TagBatch(words * real, Spellings(characters, sizes, places * real), targets, LENGTHS)


def row(batch: TagBatch, number: int) -> TagBatch:
    length = int(batch.lengths[number])
    places = batch.spellings.places[number : number + 1, :length]
    return TagBatch(
        batch.words[number : number + 1, :length],
        batch.spellings._replace(places=places),
        batch.targets[number : number + 1, :length],
        batch.lengths[number : number + 1],
    )


@pytest.mark.parametrize("characters", [0, 7])
@pytest.mark.parametrize("decoder", ["softmax", "crf"])
def test_a_sentence_alone_is_tagged_as_in_a_batch(batch: TagBatch, characters: int, decoder: str) -> None:
    tagger = network(characters=characters, decoder=decoder)
    emissions = tagger(batch)
    assert emissions.shape == (3, 5, 4)
    assert (tagger.characters is None) == (characters == 0)
    shares, tags = tagger.probabilities(emissions, LENGTHS), tagger.decode(emissions, LENGTHS)
    for number, length in enumerate(LENGTHS.tolist()):
        alone = row(batch, number)
        found = tagger(alone)
        # Other batch sizes may sum in another order: some roundings of 6e-8.
        torch.testing.assert_close(found[0], emissions[number, :length], rtol=1e-4, atol=1e-6)
        expected = tagger.probabilities(found, alone.lengths)[0]
        torch.testing.assert_close(shares[number, :length], expected, rtol=1e-4, atol=1e-6)
        torch.testing.assert_close(shares[number, :length].sum(1), torch.ones(length), rtol=0, atol=1e-5)
        assert torch.equal(tags[number, :length], tagger.decode(found, alone.lengths)[0])


@pytest.mark.parametrize("decoder", ["softmax", "crf"])
def test_rules_forbid(decoder: str) -> None:
    tagger = network(decoder=decoder)
    emissions = 3 * torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(2))
    rules = Chain(torch.zeros(4), torch.zeros(4, 4), torch.zeros(4))
    unruled = tagger.decode(emissions, LENGTHS, rules)
    assert torch.equal(unruled[0], tagger.decode(emissions, LENGTHS)[0])
    first, second, last = (int(unruled[0, step]) for step in (0, 1, 4))
    rules.start[first] = rules.transitions[:, second] = rules.end[last] = -torch.inf
    ruled = tagger.decode(emissions, LENGTHS, rules)
    assert not (ruled[:, 0] == first).any()
    assert not (ruled[:, 1:] == second).any()
    assert int(ruled[0, 4]) != last


def test_dropout_acts_before_and_after_the_encoder_in_training_only(batch: TagBatch) -> None:
    tagger = network()
    assert torch.equal(tagger(batch), tagger(batch))
    tagger.train()
    assert not torch.equal(tagger(batch), tagger(batch))
    seen: list[Tensor] = []
    tagger.head.register_forward_hook(lambda _module, given, _out: seen.append(given[0]))
    tagger(batch)
    zeros = (seen[0][0] == 0).float().mean().item()
    assert 0.25 < zeros < 0.75  # half of 80 places; three standard deviations are 0.17


def test_every_weight_learns(batch: TagBatch) -> None:
    tagger = network(decoder="crf")
    assert tagger.crf is not None
    (-tagger.crf(tagger(batch), batch.targets, LENGTHS)).sum().backward()
    for name, weight in tagger.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name


@pytest.mark.skipif(not native.AVAILABLE, reason="installed without the native module")
def test_all_recurrence_runs_on_the_engine(batch: TagBatch) -> None:
    with force_path("native"):
        network().train()(batch)
