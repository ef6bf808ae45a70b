"""Finding likely sequences with a network that tells one word at a time: greedy search and beam search, in batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, Self, TypeVar

import torch
from torch import Tensor

from tidegate.data.vocabulary import PADDING

BEGIN, END = 2, 3


class Selectable(Protocol):
    """What a step is given and gives back: it holds one row for each sequence being written."""

    def select(self, rows: Tensor, /) -> Self:
        """These rows, in this order, repeated where a row is named again."""


StateT = TypeVar("StateT", bound=Selectable)
# The last words [R] and the state → log-probabilities of the next words [R, V] and the state after the last ones.
Step = Callable[[Tensor, StateT], tuple[Tensor, StateT]]


class Hypothesis(NamedTuple):
    """Numbers of the words before END, and log P divided by the length penalty, END among the words of both."""

    words: list[int]
    score: float


def length_penalty(length: int, alpha: float) -> float:
    """((5 + length) / 6)^α, that a log-probability is divided by (Wu et al. 2016, arXiv:1609.08144, equation 14)."""
    return float(((5 + length) / 6) ** alpha)


def greedy_search(step: Step[StateT], state: StateT, limits: Tensor, alpha: float = 0.0) -> list[list[Hypothesis]]:
    """The likeliest next word again and again, until it is END; one hypothesis for each row of `state`.

    limits [B]: the greatest number of words before END, which is then taken.
    """
    words = limits.new_full((len(limits), 1), BEGIN)
    total = torch.zeros(len(limits))
    lengths = torch.zeros_like(limits)
    for length in range(1, int(limits.max()) + 2):
        logs, state = step(words[:, -1], state)
        best, chosen = _allowed(logs, length > limits).max(-1)
        unfinished = (words != END).all(1)
        total += torch.where(unfinished, best, 0.0)
        lengths += unfinished
        words = torch.cat([words, torch.where(unfinished, chosen, END).unsqueeze(1)], dim=1)
        if (words[:, -1] == END).all():
            break
    return [
        [Hypothesis(row[1:length], score / length_penalty(length, alpha))]
        for row, length, score in zip(words.tolist(), lengths.tolist(), total.tolist(), strict=True)
    ]


def beam_search(
    step: Step[StateT], state: StateT, limits: Tensor, size: int, alpha: float = 0.0
) -> list[list[Hypothesis]]:
    """The best finished hypotheses, up to `size` for each row of `state`, the best first.

    At each step the 2·size likeliest continuations are looked at. Those that end and are among the first `size` are
    finished and kept as long as no `size` others have a better score; the likeliest that do not end are carried on. A
    sentence is done when none of these, however it goes on, can come among the finished: its probability only falls,
    and the penalty of its greatest length is the kindest. limits [B] as in `greedy_search`; size 1 is greedy search
    with a second look, and the same where alpha is 0.
    """
    search = _Search(step, state, limits, size, alpha)
    while len(search.places):
        search.advance()
    return search.found()


class _Search:
    """B sentences still open, with K beams each: rows b·K + k of the state."""

    def __init__(self, step: Step[StateT], state: StateT, limits: Tensor, size: int, alpha: float) -> None:
        count, longest = len(limits), int(limits.max()) + 1
        self.step, self.size, self.alpha = step, size, alpha
        self.state = state.select(torch.arange(count).repeat_interleave(size))
        self.limits, self.places, self.length = limits, torch.arange(count), 0
        self.words = torch.full((count, size, longest + 1), PADDING)
        self.words[:, :, 0] = BEGIN
        self.logs = torch.full((count, size), -torch.inf)
        self.logs[:, 0] = 0.0  # all beams are alike at first: one of them is carried on
        self.finished_words = torch.full((count, size, longest + 1), PADDING)
        self.finished_scores = torch.full((count, size), -torch.inf)

    def advance(self) -> None:
        """One word more for every beam."""
        self.length += 1
        last = self.words[:, :, self.length - 1].flatten()
        logs, self.state = self.step(last, self.state)
        allowed = _allowed(logs, (self.length > self.limits).repeat_interleave(self.size))
        totals = (self.logs.unsqueeze(-1) + allowed.view(-1, self.size, logs.shape[1])).flatten(1)
        scores, choices = totals.topk(min(2 * self.size, totals.shape[1]))
        beams, words = choices // logs.shape[1], choices % logs.shape[1]
        longer = _taken(self.words, beams)
        longer[:, :, self.length] = words
        self._finish(longer, scores, words == END)
        self._carry_on(longer, beams, scores.masked_fill(words == END, -torch.inf))
        self._close()

    def _finish(self, longer: Tensor, scores: Tensor, ended: Tensor) -> None:
        penalised = (scores / length_penalty(self.length, self.alpha)).masked_fill(~ended, -torch.inf)
        kept = self.finished_scores[self.places]
        both = torch.cat([kept, penalised[:, : self.size]], dim=1)
        words = torch.cat([self.finished_words[self.places], longer[:, : self.size]], dim=1)
        best, order = both.topk(self.size)
        self.finished_scores[self.places], self.finished_words[self.places] = best, _taken(words, order)

    def _carry_on(self, longer: Tensor, beams: Tensor, scores: Tensor) -> None:
        count = len(scores)
        self.logs, order = scores.topk(self.size)
        self.words = _taken(longer, order)
        rows = torch.arange(count).unsqueeze(1) * self.size + beams.gather(1, order)
        self.state = self.state.select(rows.flatten())

    def _close(self) -> None:
        """Puts aside the sentences that no beam can better."""
        kindest = ((5.0 + 1.0 + self.limits) / 6.0) ** self.alpha
        open_ = self.logs.amax(1) / kindest > self.finished_scores[self.places].amin(1)
        if open_.all():
            return
        rows = open_.repeat_interleave(self.size).nonzero().squeeze(1)
        self.state = self.state.select(rows)
        self.words, self.logs = self.words[open_], self.logs[open_]
        self.limits, self.places = self.limits[open_], self.places[open_]

    def found(self) -> list[list[Hypothesis]]:
        return [
            [
                Hypothesis(row[1 : row.index(END)], score)
                for row, score in zip(rows, scores, strict=True)
                if score > -torch.inf
            ]
            for rows, scores in zip(self.finished_words.tolist(), self.finished_scores.tolist(), strict=True)
        ]


def _allowed(logs: Tensor, must_end: Tensor) -> Tensor:
    """Neither padding nor a beginning is ever written; rows that `must_end` [R] have no choice."""
    allowed = logs.clone()
    allowed[:, [PADDING, BEGIN]] = -torch.inf
    others = torch.arange(logs.shape[1]) != END
    return allowed.masked_fill(must_end.unsqueeze(1) & others, -torch.inf)


def _taken(words: Tensor, order: Tensor) -> Tensor:
    """words [B, N, T] in the order [B, K]: [B, K, T]."""
    return words.gather(1, order.unsqueeze(-1).expand(-1, -1, words.shape[-1]))
