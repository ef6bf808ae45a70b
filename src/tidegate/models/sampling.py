"""Which token comes next: the likeliest, or drawn by chance, from all or from the likeliest only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from tidegate.errors import ConfigurationError
from tidegate.models.language import LanguageNetwork, Parts
from tidegate.models.threads import one_thread


@dataclass(frozen=True)
class Sampling:
    """How a token is drawn from the softmax.

    temperature: divides the logits: below 1 the likely becomes likelier still; 0 always takes the likeliest (greedy).
    top_k: only the k likeliest tokens (Fan et al. 2018, arXiv:1805.04833).
    top_p: only the fewest likeliest tokens that together have at least this probability (nucleus; Holtzman et al. 2020,
        arXiv:1904.09751); among those of `top_k`, where both are given.
    Raises ConfigurationError for numbers that are none of this.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < inf:
            raise ConfigurationError(f"temperature={self.temperature!r}: give a number from 0 up")
        if self.top_k is not None and self.top_k < 1:
            raise ConfigurationError(f"top_k={self.top_k!r}: give a whole number from 1 up")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise ConfigurationError(f"top_p={self.top_p!r}: give a probability above 0, up to 1")

    def draw(self, logits: Tensor, source: torch.Generator) -> int:
        """A token by its logits [V]; those of −inf are never drawn."""
        if self.temperature == 0:
            return int(logits.argmax())
        return int(torch.multinomial(self.probabilities(logits), 1, generator=source))

    def probabilities(self, logits: Tensor) -> Tensor:
        """What each token is drawn with [V]; the temperature must be above 0."""
        shares = ((logits - logits.max()).double() / self.temperature).softmax(0)
        return shares if self.top_k is None and self.top_p is None else self._likeliest(shares)

    def _likeliest(self, shares: Tensor) -> Tensor:
        ranked, order = shares.sort(descending=True, stable=True)
        if self.top_k is not None:
            ranked[self.top_k :] = 0
        if self.top_p is not None:
            before = ranked.cumsum(0) - ranked
            ranked[before >= self.top_p * ranked.sum()] = 0
        return torch.zeros_like(ranked).scatter_(0, order, ranked / ranked.sum())


def continuation(
    network: LanguageNetwork, prompt: Sequence[int], sampling: Sampling, seed: int, never: Sequence[int]
) -> Iterator[int]:
    """Tokens that go on from the prompt, without end: each is drawn, then read; those of `never` are not drawn.

    `prompt` has one token or more. Equal seeds give equal tokens.
    """
    source = torch.Generator().manual_seed(seed)
    network.eval()
    tokens: list[int] = list(prompt)
    carried: Parts = ()
    while True:
        logits, carried = _read(network, tokens, carried)
        logits[list(never)] = -inf
        tokens = [sampling.draw(logits, source)]
        yield tokens[0]


def _read(network: LanguageNetwork, tokens: Sequence[int], carried: Parts) -> tuple[Tensor, Parts]:
    """The logits [V] after these tokens, and the state."""
    with torch.no_grad(), one_thread():
        hidden, carried = network(torch.tensor([tokens]), carried)
        return network.logits(hidden[0, -1]), carried
