"""Searches against a tiny random model whose every sequence can be looked at."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from tidegate.data.vocabulary import PADDING
from tidegate.models.beam import BEGIN, END, beam_search, greedy_search, length_penalty

WORDS = 6  # <pad> <unk> <begin> <end> and two more
TOLD = [1, 4, 5]


@dataclass
class Written:
    """What each row has written so far."""

    rows: Tensor  # which of the tables speaks
    words: Tensor

    def select(self, rows: Tensor) -> Written:
        return Written(self.rows[rows], self.words[rows])


def tables(count: int, limit: int, seed: int, sharpness: float = 1.5) -> list[dict[tuple[int, ...], Tensor]]:
    """For each sentence the log-probabilities after every prefix."""
    source = torch.Generator().manual_seed(seed)
    prefixes = [prefix for length in range(limit + 1) for prefix in itertools.product(TOLD, repeat=length)]
    return [
        {prefix: (sharpness * torch.randn(WORDS, generator=source)).log_softmax(-1) for prefix in prefixes}
        for _ in range(count)
    ]


def step_of(known: list[dict[tuple[int, ...], Tensor]], limit: int):
    def step(last: Tensor, state: Written) -> tuple[Tensor, Written]:
        words = torch.cat([state.words, last.unsqueeze(1)], dim=1)
        logs = []
        for row, said in zip(state.rows.tolist(), words.tolist(), strict=True):
            prefix = tuple(said[1:])
            dead = len(prefix) > limit or any(word not in TOLD for word in prefix)
            # Rows that are finished or impossible are asked too; what they are told must not matter.
            logs.append(torch.zeros(WORDS) if dead else known[row][prefix])
        return torch.stack(logs), Written(state.rows, words)

    return step


def start(count: int) -> Written:
    return Written(torch.arange(count), torch.empty(count, 0, dtype=torch.int64))


def log_probability(table: dict[tuple[int, ...], Tensor], words: tuple[int, ...]) -> float:
    said = sum(float(table[words[:place]][word]) for place, word in enumerate(words))
    return said + float(table[words][END])


def exhaustive(table: dict[tuple[int, ...], Tensor], limit: int, alpha: float) -> list[tuple[float, list[int]]]:
    """All sequences up to `limit` words with their scores, the best first."""
    every = [words for length in range(limit + 1) for words in itertools.product(TOLD, repeat=length)]
    scored = [(score_of(table, words, limit, alpha), list(words)) for words in every]
    return sorted(scored, key=lambda one: -one[0])


def score_of(table: dict[tuple[int, ...], Tensor], words: tuple[int, ...], limit: int, alpha: float) -> float:
    assert len(words) <= limit
    return log_probability(table, words) / length_penalty(len(words) + 1, alpha)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(4))
def test_a_beam_that_holds_all_finds_the_best_of_all(alpha, seed):
    limit, count = 3, 3
    known = tables(count, limit, seed)
    size = len(TOLD) ** limit * 2  # more than there are prefixes of any length
    found = beam_search(step_of(known, limit), start(count), torch.full((count,), limit), size, alpha)
    for table, hypotheses in zip(known, found, strict=True):
        wanted = exhaustive(table, limit, alpha)
        assert len(hypotheses) == len(wanted)  # 1 + 3 + 9 + 27, each found once
        assert [one.words for one in hypotheses] == [words for _, words in wanted]
        # Sums of four float32 logarithms.
        assert [one.score for one in hypotheses] == pytest.approx([score for score, _ in wanted], abs=1e-5)


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_scores_are_true_and_in_order_and_none_is_found_twice(size, alpha):
    limit, count = 5, 8
    known = tables(count, limit, seed=7)
    limits = torch.tensor([5, 1, 3, 5, 2, 0, 4, 5])
    found = beam_search(step_of(known, limit), start(count), limits, size, alpha)
    for table, hypotheses, own in zip(known, found, limits.tolist(), strict=True):
        assert 1 <= len(hypotheses) <= size
        assert len({tuple(one.words) for one in hypotheses}) == len(hypotheses)
        assert all(len(one.words) <= own for one in hypotheses)
        wanted = [score_of(table, tuple(one.words), limit, alpha) for one in hypotheses]
        assert [one.score for one in hypotheses] == pytest.approx(wanted, abs=1e-5)
        assert wanted == sorted(wanted, reverse=True)


def test_sentences_do_not_disturb_each_other():
    limit, count = 4, 6
    known = tables(count, limit, seed=3)
    together = beam_search(step_of(known, limit), start(count), torch.full((count,), limit), 3, 0.8)
    for place in range(count):
        alone = beam_search(step_of(known[place : place + 1], limit), start(1), torch.tensor([limit]), 3, 0.8)
        assert alone[0] == together[place]


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy_search(seed):
    limit, count = 5, 10
    known = tables(count, limit, seed)
    limits = torch.full((count,), limit)
    greedy = greedy_search(step_of(known, limit), start(count), limits)
    beam = beam_search(step_of(known, limit), start(count), limits, 1)
    for one, other in zip(greedy, beam, strict=True):
        assert one[0].words == other[0].words
        assert one[0].score == pytest.approx(other[0].score, abs=1e-5)


def test_greedy_takes_the_likeliest_word_each_time():
    limit, count = 4, 5
    known = tables(count, limit, seed=11)
    searched = greedy_search(step_of(known, limit), start(count), torch.full((count,), limit))
    for table, [found] in zip(known, searched, strict=True):
        words: tuple[int, ...] = ()
        while len(words) < limit:
            best = max([*TOLD, END], key=lambda word, said=words: float(table[said][word]))
            if best == END:
                break
            words += (best,)
        assert found.words == list(words)


def search_to_the_end(table, limit: int, size: int, alpha: float) -> list[tuple[list[int], float]]:
    """Beam search of one sentence by its definition: no beam is given up before the limit."""
    beams: list[tuple[tuple[int, ...], float]] = [((), 0.0)]
    finished: list[tuple[list[int], float]] = []
    for length in range(1, limit + 2):
        allowed = [END] if length > limit else [END, *TOLD]
        every = [((*said, word), log + float(table[said][word])) for said, log in beams for word in allowed]
        every = sorted(every, key=lambda one: -one[1])[: 2 * size]
        for place, (said, log) in enumerate(every):
            if said[-1] == END and place < size:
                finished.append((list(said[:-1]), log / length_penalty(length, alpha)))
        beams = [one for one in every if one[0][-1] != END][:size]
    return sorted(finished, key=lambda one: -one[1])[:size]


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("alpha", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("seed", range(6))
def test_giving_a_sentence_up_early_loses_nothing(size, alpha, seed):
    limit = 5
    known = tables(3, limit, seed, sharpness=1.0)
    found = beam_search(step_of(known, limit), start(3), torch.full((3,), limit), size, alpha)
    for table, hypotheses in zip(known, found, strict=True):
        wanted = search_to_the_end(table, limit, size, alpha)
        assert [one.words for one in hypotheses] == [words for words, _ in wanted]
        assert [one.score for one in hypotheses] == pytest.approx([score for _, score in wanted], abs=1e-5)


def test_a_sentence_that_nothing_can_better_is_given_up():
    limit, steps = 5, []
    known = tables(2, limit, seed=1)
    for said in known[0]:
        known[0][said] = torch.full((WORDS,), -9.0)
        known[0][said][END] = -0.001
    step = step_of(known, limit)

    def counted(last: Tensor, state: Written) -> tuple[Tensor, Written]:
        steps.append(set(state.rows.tolist()))
        return step(last, state)

    beam_search(counted, start(2), torch.full((2,), limit), 1, 1.0)
    assert steps[0] == {0, 1}
    assert all(0 not in rows for rows in steps[2:])


def test_a_wider_beam_never_loses_what_it_had_finished():
    """Two words that look likely at first and are not: a beam of two keeps the one that ended early."""
    table = {prefix: torch.full((WORDS,), -9.0) for prefix in [(), (4,), (5,), (4, 4), (4, 5), (5, 4), (5, 5)]}
    table[()][4], table[()][END] = -0.5, -1.0
    table[(4,)][4] = table[(4,)][5] = -3.0
    found = beam_search(step_of([table], 2), start(1), torch.tensor([2]), 2)
    assert found[0][0].words == []
    assert found[0][0].score == pytest.approx(-1.0)


def test_nothing_but_words_is_written():
    """Padding and beginnings are never taken, however likely."""
    logs = torch.zeros(4, WORDS)
    logs[:, [PADDING, BEGIN]] = 9.0

    def step(last: Tensor, state: Written) -> tuple[Tensor, Written]:
        return logs[: len(last)].log_softmax(-1), state

    limits = torch.tensor([3, 2])
    for found in (greedy_search(step, start(2), limits), beam_search(step, start(2), limits, 2)):
        assert all(word in TOLD for hypotheses in found for one in hypotheses for word in one.words)


def test_the_penalty_is_that_of_the_paper():
    assert length_penalty(1, 0.6) == 1.0
    assert length_penalty(7, 1.0) == pytest.approx(2.0)
    assert length_penalty(30, 0.0) == 1.0
