"""64 configurations of each of RNN, GRU and LSTM: outputs, final states and all gradients beside torch's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import tidegate.nn
from tidegate.nn.kernels.dispatch import force_path

# torch itself says once that oneDNN does not take projections.
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")

B, T = 5, 7
LENGTHS = torch.tensor([3, 7, 1, 7, 4])


class Configuration(NamedTuple):
    layers: int
    bias: bool
    batch_first: bool
    bidirectional: bool
    ragged: bool
    variant: bool
    """RNN: ReLU for tanh; LSTM: projected; GRU: larger and odd sizes."""

    def options(self, name: str) -> dict[str, object]:
        own = {"RNN": {"nonlinearity": "relu"}, "LSTM": {"proj_size": 3}, "GRU": {}}[name] if self.variant else {}
        shape = {"input_size": 11, "hidden_size": 13} if self.variant else {"input_size": 3, "hidden_size": 5}
        return (
            shape
            | own
            | {
                "num_layers": self.layers,
                "bias": self.bias,
                "batch_first": self.batch_first,
                "bidirectional": self.bidirectional,
            }
        )


def grid() -> Iterator[Configuration]:
    for layers, *flags in itertools.product((1, 2), *[(False, True)] * 5):
        yield Configuration(layers, *flags)


class Problem:
    """One configuration with random inputs, states, weights and a random weighing of what comes out."""

    def __init__(self, name: str, configuration: Configuration) -> None:
        self.configuration = configuration
        torch.manual_seed(hash(configuration) % 1000)
        self.reference = getattr(nn, name)(**configuration.options(name), dtype=torch.float64)
        self.ours = getattr(tidegate.nn, name)(**configuration.options(name), dtype=torch.float64)
        self.ours.load_state_dict(self.reference.state_dict(), strict=True)
        shape = (B, T) if configuration.batch_first else (T, B)
        self.x = torch.randn(*shape, self.reference.input_size, dtype=torch.float64)
        places = configuration.layers * (2 if configuration.bidirectional else 1)
        widths = [self.reference.proj_size or self.reference.hidden_size]
        widths += [self.reference.hidden_size] if name == "LSTM" else []
        self.state = [torch.randn(places, B, width, dtype=torch.float64) for width in widths]

    def results(self, layer: nn.Module, dtype: torch.dtype, lengths_by_name: bool) -> list[Tensor]:
        layer = layer.to(dtype)
        leaves = [tensor.to(dtype).clone().requires_grad_() for tensor in (self.x, *self.state)]
        x, *state = leaves
        given = tuple(state) if len(state) > 1 else state[0]
        if not self.configuration.ragged:
            output, final = layer(x, given)
        elif lengths_by_name:
            output, final = layer(x, given, lengths=LENGTHS)
        else:
            output, final = self._packed(layer, x, given)
        outputs = [output, *(final if isinstance(final, tuple) else (final,))]
        generator = torch.Generator().manual_seed(3)
        weighed = [
            (out * torch.randn(out.shape, generator=generator, dtype=torch.float64).to(dtype)).sum() for out in outputs
        ]
        gradients = torch.autograd.grad(sum(weighed), [*leaves, *layer.parameters()])
        return [tensor.detach().double() for tensor in (*outputs, *gradients)]

    def _packed(self, layer: nn.Module, x: Tensor, state: Tensor | tuple[Tensor, ...]) -> tuple:
        batch_first = self.configuration.batch_first
        packed = pack_padded_sequence(x, LENGTHS, batch_first, enforce_sorted=False)
        output, final = layer(packed, state)
        return pad_packed_sequence(output, batch_first, total_length=T)[0], final


@pytest.mark.parametrize("path", ["walk", "torch"])
@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_float64_agrees_to_rounding(name: str, path: str) -> None:
    for configuration in grid():
        problem = Problem(name, configuration)
        with force_path(path):
            actual = problem.results(problem.ours, torch.float64, lengths_by_name=True)
        expected = problem.results(problem.reference, torch.float64, lengths_by_name=False)
        # Sums of at most a few hundred terms of order one: 1e-12 is some thousand roundings of float64.
        torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-12, msg=lambda m, c=configuration: f"{c}: {m}")


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_packed_in_is_packed_out(name: str) -> None:
    for configuration in grid():
        if configuration.ragged:
            problem = Problem(name, configuration)
            with force_path("walk"):
                actual = problem.results(problem.ours, torch.float64, lengths_by_name=False)
            expected = problem.results(problem.reference, torch.float64, lengths_by_name=False)
            torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_float32_errs_no_more_than_torch_does(name: str) -> None:
    for configuration in grid():
        problem = Problem(name, configuration)
        exact = problem.results(problem.reference, torch.float64, lengths_by_name=False)
        with force_path("walk"):
            ours = problem.results(problem.ours, torch.float32, lengths_by_name=True)
        theirs = problem.results(problem.reference, torch.float32, lengths_by_name=False)
        for truth, mine, other in zip(exact, ours, theirs, strict=True):
            # Which of two orders of summation errs more is chance: up to twice torch's own largest error, and where
            # torch happens to hit the truth, a few roundings of the largest number in the tensor.
            floor = 4 * torch.finfo(torch.float32).eps * max(1.0, truth.abs().max().item())
            assert (mine - truth).abs().max() <= 2 * (other - truth).abs().max() + floor, configuration
