from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from tidegate.data.streams import Streams
from tidegate.estimators.language.language_training import LanguageObjective, StreamExamples
from tidegate.models.encoder import EncoderOptions
from tidegate.models.language import LanguageNetwork, LanguageShape
from tidegate.training.loop import evaluate
from tidegate.training.seeding import seeded

TOKENS = np.random.default_rng(0).integers(1, 9, 53)


def examples(count, steps, tokens=TOKENS):
    return StreamExamples(Streams(tokens, 2, count=count, steps=steps))


@pytest.fixture
def network():
    with seeded(0):
        shape = LanguageShape(tokens=9, embedding_size=5, output_dropout=0.3, word_dropout=0.3)
        return LanguageNetwork(shape, EncoderOptions(hidden_size=5, num_layers=2, cell="lstm")).double()


def mean_loss(network):
    """All at once, the plain way."""
    network.eval()
    with torch.no_grad():
        hidden, _ = network(torch.tensor([[2, *TOKENS[:-1]]]))
        return functional.cross_entropy(network.logits(hidden[0]), torch.tensor(TOKENS)).item()


@pytest.mark.parametrize("steps", [1, 7, 53, 100])
def test_every_token_of_a_text_is_told_once_from_all_before_it(network, steps):
    assert evaluate(network, LanguageObjective(0.2), examples(1, steps), 1)["loss"] == pytest.approx(mean_loss(network))


@pytest.mark.parametrize("count", [2, 5, 60])
def test_padding_does_not_count(network, count):
    taken, objective = examples(count, 4), LanguageObjective()
    counts, carried = [], ()
    for rows in taken.segments():
        loss, carried = objective.carry(network, taken.batch(rows), carried)
        counts.append(loss.count)
    assert sum(counts) == len(TOKENS)


def test_smoothing_acts_in_training_only(network):
    network.dropout.p = network.embedding.word_dropout = 0.0
    batch = examples(1, 53).batch(np.array([0]))
    smooth, plain = LanguageObjective(0.2), LanguageObjective()
    network.train()
    assert smooth.carry(network, batch, ())[0].total > plain.carry(network, batch, ())[0].total
    network.eval()
    assert smooth.carry(network, batch, ())[0].total == plain.carry(network, batch, ())[0].total


def test_products_are_rounded_in_training_only(network):
    network.dropout.p = network.embedding.word_dropout = 0.0
    batch = examples(1, 53).batch(np.array([0]))
    rounded, plain = LanguageObjective(products=torch.bfloat16), LanguageObjective()
    network.train()
    assert rounded.carry(network, batch, ())[0].total != plain.carry(network, batch, ())[0].total
    network.eval()
    assert rounded.carry(network, batch, ())[0].total == plain.carry(network, batch, ())[0].total


def test_what_is_carried_has_no_graph(network):
    _, carried = LanguageObjective().carry(network, examples(1, 53).batch(np.array([0])), ())
    assert carried
    assert not any(tensor.requires_grad for tensor in carried)


def test_a_digest_tells_texts_and_cuts_apart():
    cut = [examples(2, 4), examples(2, 4, TOKENS[::-1]), examples(3, 4), examples(2, 5)]
    assert len({one.fingerprint() for one in cut}) == 4
    assert examples(2, 4).fingerprint() == cut[0].fingerprint()
