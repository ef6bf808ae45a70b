"""Each distinct word is read once, and what it is read as depends on its own characters alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate import nn as gated
from tidegate.models.characters import CharacterEncoder, Spellings

WORDS = [[2, 3, 4], [5], [4, 3, 2, 6]]


def spellings(words: list[list[int]], places: list[list[int]]) -> Spellings:
    longest = max(map(len, words))
    padded = [word + [0] * (longest - len(word)) for word in words]
    return Spellings(torch.tensor(padded), torch.tensor([len(word) for word in words]), torch.tensor(places))


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_a_word_is_read_alike_wherever_and_beside_whatever_it_stands(cell: str) -> None:
    torch.manual_seed(0)
    encoder = CharacterEncoder(7, 5, 3, cell).eval()
    together = encoder(spellings(WORDS, [[0, 1, 2, 1], [2, 2, 0, 0]]))
    assert together.shape == (2, 4, encoder.output_size) == (2, 4, 6)
    for place, word in enumerate([0, 1, 2, 1]):
        alone = encoder(spellings([WORDS[word]], [[0]]))[0, 0]
        # Other batch sizes may sum in another order: some roundings of 6e-8.
        torch.testing.assert_close(together[0, place], alone, rtol=1e-5, atol=1e-6)
    assert torch.equal(together[0, 2], together[1, 0])


def test_it_is_the_final_state_of_both_directions() -> None:
    torch.manual_seed(1)
    encoder = CharacterEncoder(7, 5, 3)
    layer = encoder.encoder.recurrence
    assert isinstance(layer, gated.GRU)
    outputs, _ = layer(encoder.embedding.table(torch.tensor([WORDS[0]])))
    expected = torch.cat([outputs[0, -1, :3], outputs[0, 0, 3:]])
    torch.testing.assert_close(encoder(spellings(WORDS, [[0]]))[0, 0], expected, rtol=1e-5, atol=1e-6)


def test_every_occurrence_teaches() -> None:
    torch.manual_seed(2)
    encoder = CharacterEncoder(7, 5, 3)
    weights = np.array([1.0, 2.0, 4.0])
    gradients = []
    for places in ([[0, 0, 0]], [[0, 1, 1]]):
        encoder.zero_grad()
        encoded = encoder(spellings(WORDS, places))
        (encoded * torch.tensor(weights, dtype=torch.float32).view(1, 3, 1)).sum().backward()
        gradients.append(encoder.embedding.table.weight.grad.clone())
    assert gradients[0][5].abs().sum() == 0
    assert gradients[1][5].abs().sum() > 0
    # Word 0 counts 7 times in the first case, once in the second.
    torch.testing.assert_close(gradients[0][2], 7 * gradients[1][2], rtol=1e-4, atol=1e-6)
