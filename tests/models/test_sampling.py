from __future__ import annotations

from itertools import islice
from math import exp, inf

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import ConfigurationError
from tidegate.models.encoder import EncoderOptions
from tidegate.models.language import LanguageNetwork, LanguageShape
from tidegate.models.sampling import Sampling, continuation
from tidegate.training.seeding import seeded

LOGITS = torch.tensor([0.5, -1.0, 2.0, -inf, 1.0, 0.1])


def slow_probabilities(logits, temperature, top_k, top_p):
    shares = {place: exp(value / temperature) for place, value in enumerate(logits)}
    ranked = sorted(shares, key=lambda place: -shares[place])[: top_k or len(shares)]
    whole, kept, mass = sum(shares[place] for place in ranked), [], 0.0
    for place in ranked:
        kept.append(place)
        mass += shares[place] / whole
        if top_p is not None and mass >= top_p:
            break
    whole = sum(shares[place] for place in kept)
    return [shares[place] / whole if place in kept else 0.0 for place in range(len(logits))]


@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=8, unique=True),
    st.sampled_from([0.3, 1.0, 2.5]),
    st.none() | st.integers(1, 9),
    st.none() | st.sampled_from([0.07, 0.41, 0.83]),
)
def test_probabilities_are_those_of_the_definition(values, temperature, top_k, top_p):
    given = Sampling(temperature, top_k, top_p).probabilities(torch.tensor(values, dtype=torch.float64))
    assert given.tolist() == pytest.approx(slow_probabilities(values, temperature, top_k, top_p), abs=1e-9)


def test_the_nucleus_is_taken_among_the_k_likeliest():
    told = Sampling(1.0, top_k=2, top_p=0.55).probabilities(torch.tensor([0.4, 0.3, 0.2, 0.1]).log())
    # Of 0.4 and 0.3 alone the first has 0.57 and is enough; of all four it would not be.
    assert told.tolist() == pytest.approx([1, 0, 0, 0])


def test_draws_come_as_often_as_their_probability_says():
    sampling, source, count = Sampling(0.8), torch.Generator().manual_seed(1), 4000
    drawn = np.bincount([sampling.draw(LOGITS, source) for _ in range(count)], minlength=6) / count
    # Five standard deviations of a share over so many draws
    assert drawn == pytest.approx(sampling.probabilities(LOGITS).numpy(), abs=5 * 0.5 / count**0.5)
    assert drawn[3] == 0


def test_without_temperature_the_likeliest_is_taken():
    source = torch.Generator().manual_seed(1)
    assert {Sampling(0.0).draw(LOGITS, source) for _ in range(5)} == {2}
    assert {Sampling(1.0, top_k=1).draw(LOGITS, source) for _ in range(5)} == {2}
    assert {Sampling(1.0, top_p=1e-6).draw(LOGITS, source) for _ in range(5)} == {2}


@pytest.mark.parametrize(
    "wrong", [{"temperature": -1}, {"temperature": inf}, {"top_k": 0}, {"top_p": 0.0}, {"top_p": 1.1}]
)
def test_impossible_choices_are_refused(wrong):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        Sampling(**wrong)


@pytest.fixture
def network():
    with seeded(3):
        return LanguageNetwork(LanguageShape(tokens=9, embedding_size=5), EncoderOptions(cell="lstm", hidden_size=5))


def test_a_continuation_reads_what_it_has_drawn(network):
    prompt, never = [4, 2], [0, 1]
    told = list(islice(continuation(network, prompt, Sampling(0.0), 0, never), 6))
    read = list(prompt)
    for token in told:
        with torch.no_grad():
            hidden, _ = network(torch.tensor([read]))
            logits = network.logits(hidden[0, -1])
        logits[never] = -inf
        assert token == int(logits.argmax())
        read.append(token)


def test_a_seed_gives_the_same_tokens_and_another_seed_others(network):
    first, again, other = (list(islice(continuation(network, [2], Sampling(), s, []), 30)) for s in (1, 1, 2))
    assert first == again != other
    never = list(range(8))
    assert set(islice(continuation(network, [2], Sampling(), 0, never), 20)) == {8}
