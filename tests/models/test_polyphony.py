from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from tidegate.models.encoder import EncoderOptions
from tidegate.models.polyphony import PolyphonyNetwork, frame_losses, improvise
from tidegate.training.seeding import seeded

KEYS = 5
LENGTHS = torch.tensor([6, 1, 4])
FRAMES = (torch.rand(3, 6, KEYS, generator=torch.Generator().manual_seed(0), dtype=torch.float64) < 0.4).double()
FRAMES *= (torch.arange(6) < LENGTHS.unsqueeze(1)).unsqueeze(-1)


@pytest.fixture(params=["gru", "lstm"])
def network(request):
    with seeded(0):
        return PolyphonyNetwork(KEYS, EncoderOptions(cell=request.param, hidden_size=7), 0.0).double()


def test_each_frame_is_told_from_all_before_it_the_first_from_silence(network):
    losses = frame_losses(network, FRAMES, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        for step in range(length):
            before = torch.cat([torch.zeros(1, KEYS, dtype=torch.float64), FRAMES[row, :step]])
            logits, _ = network(before[None])
            shares, frame = logits[0, -1].sigmoid(), FRAMES[row, step]
            expected = -torch.where(frame == 1, shares, 1 - shares).log().sum()
            torch.testing.assert_close(losses[row, step], expected)
        assert not losses[row, length:].any()


def test_padding_has_no_part_in_the_gradient(network):
    weights = list(network.parameters())
    alone = torch.autograd.grad(frame_losses(network, FRAMES[2:, :4], LENGTHS[2:]).sum(), weights)
    padded = torch.autograd.grad(frame_losses(network, FRAMES, LENGTHS)[2].sum(), weights)
    for one, other in zip(alone, padded, strict=True):
        torch.testing.assert_close(one, other)


def test_music_goes_on_from_what_was_played(network):
    source = torch.Generator()
    played = improvise(network, FRAMES[0], 4, 0.0, source)
    heard = torch.cat([torch.zeros(1, KEYS, dtype=torch.float64), FRAMES[0]])
    for frame in played:
        logits, _ = network(heard[None])
        assert torch.equal(frame, (logits[0, -1] > 0).double())
        heard = torch.cat([heard, frame[None]])
    assert improvise(network, FRAMES[0], 0, 1.0, source).shape == (0, KEYS)


def test_notes_are_drawn_with_their_probability(network):
    count = 3000
    drawn = torch.cat([improvise(network, FRAMES[0], 1, 0.7, torch.Generator().manual_seed(s)) for s in range(count)])
    logits, _ = network(functional.pad(FRAMES[:1], (0, 0, 1, 0)))
    # Five standard deviations of a share over so many draws
    torch.testing.assert_close(drawn.mean(0), (logits[0, -1] / 0.7).sigmoid().detach(), rtol=0, atol=2.5 / count**0.5)
