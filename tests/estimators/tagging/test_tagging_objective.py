"""The loss counts known targets only, in nats per tag, whichever decoder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate.data.tagged import from_lists
from tidegate.estimators.tagging.tagged_examples import TaggedExamples
from tidegate.estimators.tagging.tagging_objective import TaggingObjective
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation
from tidegate.models.encoder import EncoderOptions
from tidegate.models.tagger import TaggerNetwork, TaggerShape

TAGGED = from_lists([["the", "cat", "sees"], ["a", "cat"]], [["D", "N", "V"], ["D", "N"]])
PREPARATION = TaggingPreparation.fit(TAGGED, lowercase=True, min_count=1)


def network(decoder: str) -> TaggerNetwork:
    torch.manual_seed(0)
    shape = TaggerShape(
        words=PREPARATION.kept,
        characters=len(PREPARATION.characters),
        tags=3,
        embedding_size=4,
        character_size=3,
        character_hidden=2,
        decoder=decoder,
    )
    return TaggerNetwork(shape, EncoderOptions(hidden_size=5, bidirectional=True)).eval()


@pytest.mark.parametrize("decoder", ["softmax", "crf"])
def test_it_is_the_negative_log_probability_of_what_is_known(decoder: str) -> None:
    tagger = network(decoder)
    batch = TaggedExamples.of(TAGGED.sentences, PREPARATION).batch(np.arange(2))
    loss = TaggingObjective()(tagger, batch)
    emissions = tagger(batch).detach()
    if tagger.crf is None:
        logs = emissions.log_softmax(-1)
        expected = -sum(logs[row, step, batch.targets[row, step]] for row in range(2) for step in range(3 - row))
    else:
        expected = -tagger.crf(emissions, batch.targets, batch.lengths).sum().detach()
    assert loss.count == 5
    assert loss.total.item() == pytest.approx(float(expected), rel=1e-5)  # float32 sums of five terms
    right = sum(
        int(tagger.decode(emissions, batch.lengths)[row, step] == batch.targets[row, step])
        for row in range(2)
        for step in range(3 - row)
    )
    assert loss.sums == {"accuracy": right}


@pytest.mark.parametrize("decoder", ["softmax", "crf"])
def test_targets_that_are_none_count_nowhere(decoder: str) -> None:
    tagger = network(decoder)
    partly = from_lists([["the", "cat", "sees"]], [["D", "NEW", "V"]])
    batch = TaggedExamples.of(partly.sentences, PREPARATION).batch(np.arange(1))
    loss = TaggingObjective()(tagger, batch)
    assert loss.count == 2
    shares = tagger.probabilities(tagger(batch), batch.lengths)[0]
    if decoder == "softmax":
        expected = -(shares[0, 0].log() + shares[2, 2].log()).item()
        assert loss.total.item() == pytest.approx(expected, rel=1e-5)  # float32
    else:
        assert 0 < loss.total.item() < np.inf


def test_the_crf_is_not_decoded_while_it_learns() -> None:
    tagger = network("crf").train()
    batch = TaggedExamples.of(TAGGED.sentences, PREPARATION).batch(np.arange(2))
    assert TaggingObjective()(tagger, batch).sums == {}
