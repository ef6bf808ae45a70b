from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from tidegate.training.carrying import Carried, next_loss
from tidegate.training.examples import in_order
from tidegate.training.history import History
from tidegate.training.loop import evaluate, train
from tidegate.training.objective import Loss
from tidegate.training.seeding import seeded

STREAMS, SEGMENTS, STEPS = 3, 5, 4


class Segment(NamedTuple):
    inputs: Tensor
    targets: Tensor


class Streams:
    """Row k · STREAMS + b is segment k of stream b; the target is the running mean of the whole stream so far."""

    def __init__(self, seed: int) -> None:
        source = torch.Generator().manual_seed(seed)
        self.inputs = torch.randn(STREAMS, SEGMENTS * STEPS, 2, generator=source)
        self.targets = self.inputs.cumsum(1) / torch.arange(1, SEGMENTS * STEPS + 1)[:, None]

    def __len__(self) -> int:
        return STREAMS * SEGMENTS

    def segments(self) -> list[Any]:
        return in_order(len(self), STREAMS)

    def batch(self, rows: Any, /) -> Segment:
        first = int(rows[0]) // STREAMS * STEPS
        steps = slice(first, first + STEPS)
        return Segment(self.inputs[:, steps], self.targets[:, steps])


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(2, 6, batch_first=True)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(6, 2)

    def forward(self, inputs: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        output, state = self.rnn(inputs, state)
        return self.head(self.dropout(output)), state


class Carrying:
    """Notes whether it was given a state; `fatal` is the call at which the machine stops."""

    def __init__(self, fatal: int = -1) -> None:
        self.fatal = fatal
        self.given: list[bool] = []

    def __repr__(self) -> str:
        return "Carrying()"

    def carry(self, model: nn.Module, batch: Segment, carried: Carried, /) -> tuple[Loss, Carried]:
        if len(self.given) == self.fatal:
            raise PowerCut
        self.given.append(bool(carried))
        told, state = model(batch.inputs, carried[0] if carried else None)
        return Loss((told - batch.targets).square().sum(), batch.targets.numel()), (state.detach(),)


class PowerCut(BaseException):
    """Stands for a machine that stops at once."""


TRAIN, VALID = Streams(1), Streams(2)


def run(small: ModuleType, objective: Any, **options: Any) -> tuple[nn.Module, History]:
    settings = small.settings(epochs=3, batch_size=STREAMS, checkpoint_seconds=0.0)
    with seeded(3):
        network = Net()
    return network, train(network, objective, TRAIN, VALID, settings, **options)


def test_an_epoch_and_a_validation_begin_without_a_state_and_carry_it_on(small: ModuleType) -> None:
    objective = Carrying()
    run(small, objective)
    assert objective.given == ([False] + [True] * (SEGMENTS - 1)) * 6


def test_an_evaluation_in_segments_is_that_of_the_whole(small: ModuleType) -> None:
    network, _ = run(small, Carrying())
    network.eval()
    with torch.no_grad():
        told, _ = network(VALID.inputs, None)
    whole = (told - VALID.targets).square().mean().item()
    # Sums of 120 float32 terms in another order
    assert evaluate(network, Carrying(), VALID, STREAMS + 1)["loss"] == pytest.approx(whole, rel=1e-5)


def test_stopped_within_any_batch_it_ends_as_if_never_stopped(small: ModuleType, tmp_path: Path) -> None:
    expected = small.facts(*run(small, Carrying()))
    for fatal in range(1, 3 * 2 * SEGMENTS, 2):
        with pytest.raises(PowerCut):
            run(small, Carrying(fatal), directory=tmp_path / str(fatal))
        resumed = run(small, Carrying(), directory=tmp_path / str(fatal), resume=True)
        assert small.facts(*resumed) == expected, fatal


def test_the_state_does_matter_to_the_result(small: ModuleType) -> None:
    """Else the test above could not tell a state that was lost."""

    class Forgetting(Carrying):
        def carry(self, model: nn.Module, batch: Segment, _: Carried, /) -> tuple[Loss, Carried]:
            return super().carry(model, batch, ())

    assert small.facts(*run(small, Forgetting())) != small.facts(*run(small, Carrying()))


def test_an_objective_that_carries_nothing_is_called_as_it_is() -> None:
    loss = Loss(torch.zeros(()), 1)
    assert next_loss(lambda *_: loss, nn.Identity(), None, (torch.ones(1),)) == (loss, ())
