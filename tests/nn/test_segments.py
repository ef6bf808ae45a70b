"""Segments give the outputs of the whole sequence, and the gradients of loops that detach by hand."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.nn.segments import detached, segments

F, H, T, B = 3, 5, 11, 2
LAYERS = ["RNN", "GRU", "LSTM"]


def layer_of(name: str, batch_first: bool = True) -> torch.nn.Module:
    torch.manual_seed(0)
    return getattr(nn, name)(F, H, num_layers=2, batch_first=batch_first, dtype=torch.float64)


def sequence(batch_first: bool = True) -> torch.Tensor:
    shape = (B, T, F) if batch_first else (T, B, F)
    return torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def tensors(state) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def initial(layer, requires_grad: bool = False):
    generator = torch.Generator().manual_seed(2)
    parts = [torch.randn(2, B, H, generator=generator, dtype=torch.float64) for _ in range(2)]
    parts = [part.requires_grad_(requires_grad) for part in parts]
    return tuple(parts) if isinstance(layer, nn.LSTM) else parts[0]


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("length", [1, 4, T, 50])
def test_forward_over_segments_is_forward_over_the_whole(name, batch_first, length):
    layer, inputs = layer_of(name, batch_first), sequence(batch_first)
    whole, last = layer(inputs, initial(layer))
    parts = list(segments(layer, inputs, length=length, state=initial(layer)))
    # The same operations in products of other sizes: a rounding of values below one.
    close = {"rtol": 0, "atol": 1e-14}
    torch.testing.assert_close(torch.cat([p.output for p in parts], dim=1 if batch_first else 0), whole, **close)
    torch.testing.assert_close(tensors(parts[-1].state), tensors(last), **close)
    assert [step for p in parts for step in range(T)[p.steps]] == list(range(T))
    assert all(p.output.shape[1 if batch_first else 0] == p.steps.stop - p.steps.start for p in parts)


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_are_those_of_a_loop_that_detaches_by_hand(name):
    layer, inputs = layer_of(name), sequence()

    def gradients_by_hand():
        state, gradients = initial(layer), []
        for start in range(0, T, 4):
            output, state = layer(inputs[:, start : start + 4], state)
            state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
            gradients.append(torch.autograd.grad(output.square().sum(), list(layer.parameters())))
        return gradients

    walked = segments(layer, inputs, length=4, state=initial(layer))
    gradients = [torch.autograd.grad(s.output.square().sum(), list(layer.parameters())) for s in walked]
    assert len(gradients) == 3
    for ours, by_hand in zip(gradients, gradients_by_hand(), strict=True):
        torch.testing.assert_close(ours, by_hand, rtol=0, atol=0)  # the very same operations


@pytest.mark.parametrize("name", LAYERS)
def test_no_gradient_crosses_a_boundary(name):
    layer, inputs = layer_of(name), sequence().requires_grad_()
    first_state = initial(layer, requires_grad=True)
    walked = list(segments(layer, inputs, length=4, state=first_state))
    assert not any(part.requires_grad for segment in walked for part in tensors(segment.state))

    (reached,) = torch.autograd.grad(walked[1].output.sum(), inputs)
    assert reached[:, 4:8].abs().min() > 0
    assert torch.count_nonzero(reached[:, :4]) == 0
    assert torch.count_nonzero(reached[:, 8:]) == 0

    to_state = torch.autograd.grad(walked[0].output.sum(), tensors(first_state))
    assert all(gradient.abs().min() > 0 for gradient in to_state)


def test_each_segment_sees_the_weights_of_the_last_optimiser_step():
    layer, inputs = layer_of("GRU"), sequence()
    walked = segments(layer, inputs, length=4)
    state = next(walked).state
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.mul_(0.5)
    expected, _ = layer(inputs[:, 4:8], state)
    assert torch.equal(next(walked).output, expected)


def test_a_plain_function_is_taken_batch_first():
    shapes = []

    def layer(x, state):
        shapes.append((tuple(x.shape), state is None))
        return x, x[:, -1]

    walked = list(segments(layer, sequence(), length=6))
    assert shapes == [((B, 6, F), True), ((B, 5, F), False)]
    assert torch.equal(walked[-1].state, sequence()[:, -1])


def test_no_steps_give_no_segments():
    assert list(segments(layer_of("GRU"), sequence()[:, :0], length=4)) == []


@pytest.mark.parametrize("length", [0, -1])
def test_a_length_that_is_not_positive_is_refused_at_once(length):
    with pytest.raises(ConfigurationError, match=f"length={length}: a segment has one step or more"):
        segments(layer_of("GRU"), sequence(), length=length)


def test_a_bidirectional_layer_is_refused():
    layer = nn.GRU(F, H, batch_first=True, bidirectional=True, dtype=torch.float64)
    with pytest.raises(ConfigurationError, match="a bidirectional layer starts at the end"):
        segments(layer, sequence(), length=4)


def test_states_of_any_nesting_are_detached():
    class Carried(NamedTuple):
        hidden: torch.Tensor
        memory: list[dict[str, torch.Tensor] | None]

    tensor = torch.randn(B, H, requires_grad=True) * 2
    state = detached(Carried(tensor, [{"c": tensor}, None]))
    assert isinstance(state, Carried)
    assert not state.hidden.requires_grad
    assert torch.equal(state.memory[0]["c"], tensor)
    assert not state.memory[0]["c"].requires_grad
    assert state.memory[1] is None


def test_a_state_that_cannot_be_detached_is_refused():
    with pytest.raises(ConfigurationError, match="a state of type set cannot be detached"):
        detached({torch.ones(1)})


def test_one_sequence_without_a_batch_is_cut_in_time():
    for batch_first in (True, False):
        layer = nn.GRU(3, 4, batch_first=batch_first)
        x = torch.randn(7, 3)
        parts = list(segments(layer, x, length=3))
        assert [part.steps.stop for part in parts] == [3, 6, 7]
        torch.testing.assert_close(torch.cat([part.output for part in parts]), layer(x)[0])


def test_a_function_of_words_is_cut_in_time():
    words = torch.randint(9, (2, 7))
    parts = list(segments(lambda x, state: (x, state), words, length=3))
    assert torch.equal(torch.cat([part.output for part in parts], dim=1), words)
    assert len(parts) == 3


def test_packed_sequences_are_refused():
    packed = torch.nn.utils.rnn.pack_sequence([torch.randn(4, 3), torch.randn(2, 3)])
    with pytest.raises(ConfigurationError, match="PackedSequence has no time axis to cut"):
        segments(nn.GRU(3, 4), packed, length=2)
