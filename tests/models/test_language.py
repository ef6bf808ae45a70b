from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from tidegate.models.encoder import EncoderOptions
from tidegate.models.language import LanguageNetwork, LanguageShape
from tidegate.training.seeding import seeded

TOKENS = torch.randint(1, 11, (3, 12), generator=torch.Generator().manual_seed(0))


def network(encoder=None, **shape):
    with seeded(0):
        options = EncoderOptions(hidden_size=6, **(encoder or {}))
        return LanguageNetwork(LanguageShape(**{"tokens": 11, "embedding_size": 6, **shape}), options)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "mingru", "minlstm"])
def test_segments_give_what_the_whole_gives(cell, layers, batch_norm):
    model = network({"cell": cell, "num_layers": layers, "batch_norm": batch_norm}).double().eval()
    whole, last = model(TOKENS)
    carried, parts = (), []
    for segment in TOKENS.split(5, dim=1):
        part, carried = model(segment, carried)
        parts.append(part)
        assert all(isinstance(tensor, torch.Tensor) for tensor in carried)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    torch.testing.assert_close(carried, last)


def test_tied_weights_are_one_and_learn_from_both_ends():
    model = network(tied=True).double()
    assert model.weight is model.embedding.table.weight
    assert not any("untied" in name for name in model.state_dict())
    hidden, _ = model(TOKENS)
    targets = TOKENS.roll(-1, 1).flatten()
    model.loss(hidden.flatten(0, 1), targets).backward()
    tied = model.weight.grad.clone()
    model.zero_grad()
    model.loss(hidden.detach().flatten(0, 1), targets).backward()
    as_softmax = model.weight.grad.clone()
    assert not torch.equal(tied, as_softmax)
    assert as_softmax.abs().sum() > 0


@pytest.mark.parametrize(("tied", "size"), [(True, 6), (True, 4), (False, 6), (False, 4)])
def test_loss_is_the_cross_entropy_of_the_logits(tied, size):
    model = network(tied=tied, embedding_size=size).double()
    hidden, _ = model(TOKENS)
    flat, targets = hidden.flatten(0, 1), TOKENS.flatten()
    expected = functional.cross_entropy(model.logits(flat), targets, reduction="sum")
    torch.testing.assert_close(model.loss(flat, targets), expected)
    projected = [name for name in model.state_dict() if name.startswith("projection")]
    assert bool(projected) == (tied and size != 6)


def test_output_dropout_acts_in_training_only():
    model = network(output_dropout=0.5)
    assert (model(TOKENS)[0] == 0).any()
    model.eval()
    assert not (model(TOKENS)[0] == 0).any()
