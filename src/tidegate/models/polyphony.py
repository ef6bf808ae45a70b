"""The network of polyphonic music: which notes sound next, each told for itself."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tidegate.models.encoder import Encoder, EncoderOptions, State
from tidegate.models.threads import one_thread


class PolyphonyNetwork(nn.Module):
    """Encoder, dropout, and one independent Bernoulli for each note (Boulanger-Lewandowski et al. 2012's RNN baseline).

    A frame is told from all before it; the first from a frame of silence.
    """

    def __init__(self, keys: int, options: EncoderOptions, output_dropout: float) -> None:
        super().__init__()
        self.encoder = Encoder(keys, options)
        self.dropout = nn.Dropout(output_dropout)
        self.head = nn.Linear(self.encoder.output_size, keys)

    def forward(self, frames: Tensor, state: State = None, lengths: Tensor | None = None) -> tuple[Tensor, State]:
        """Frames [B, T, K] → logits [B, T, K] of the notes of the frame after each, and the state."""
        output, state = self.encoder(frames, state, lengths)
        return self.head(self.dropout(output)), state


def frame_losses(network: nn.Module, frames: Tensor, lengths: Tensor) -> Tensor:
    """−ln p of each frame [B, T] in nats, the sum over its K notes; 0 after the end of a piece."""
    before = functional.pad(frames, (0, 0, 1, -1))
    logits, _ = network(before, None, lengths)
    losses = functional.binary_cross_entropy_with_logits(logits, frames, reduction="none").sum(-1)
    real = torch.arange(frames.shape[1], device=frames.device) < lengths.unsqueeze(1)
    return torch.where(real, losses, 0.0)


def improvise(
    network: PolyphonyNetwork, prompt: Tensor, length: int, temperature: float, source: torch.Generator
) -> Tensor:
    """`length` frames [length, K] that go on from the prompt [T, K]: each note drawn for itself, then read.

    temperature divides the logits; with 0 the notes sound that are likelier to than not.
    """
    network.eval()
    frames, state, drawn = functional.pad(prompt, (0, 0, 1, 0)), None, list[Tensor]()
    for _ in range(length):
        with torch.no_grad(), one_thread():
            logits, state = network(frames.unsqueeze(0), state)
            frames = _drawn(logits[0, -1:], temperature, source)
        drawn.append(frames)
    return torch.cat(drawn) if drawn else prompt[:0]


def _drawn(logits: Tensor, temperature: float, source: torch.Generator) -> Tensor:
    if temperature == 0:
        return (logits > 0).to(logits.dtype)
    return torch.bernoulli((logits / temperature).sigmoid(), generator=source)
