"""A small real training with dropout; as a program, `python small_training.py FOLDER` goes on from what is there."""

from __future__ import annotations

import signal
import sys
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from tidegate.training.criteria import Regression
from tidegate.training.examples import TensorExamples
from tidegate.training.history import Epoch, History
from tidegate.training.loop import train
from tidegate.training.objective import Objective, Supervised
from tidegate.training.progress import Place
from tidegate.training.seeding import seeded
from tidegate.training.settings import TrainingSettings


class Batch(NamedTuple):
    inputs: Tensor
    targets: Tensor


class Net(nn.Module):
    """A stack with dropout between its layers, and a buffer that learns: both must survive a stop."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(2, 8, num_layers=2, dropout=0.3, batch_first=True)
        self.norm = nn.BatchNorm1d(8)
        self.head = nn.Linear(8, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        states: Tensor = self.rnn(inputs)[0]
        predictions: Tensor = self.head(self.norm(states.transpose(1, 2)).transpose(1, 2))
        return predictions


def examples(count: int, seed: int) -> TensorExamples[Batch]:
    source = torch.Generator().manual_seed(seed)
    inputs = torch.randn(count, 7, 2, generator=source)
    targets = inputs.cumsum(1).sum(-1, keepdim=True)
    targets[torch.rand(targets.shape, generator=source) < 0.1] = torch.nan
    return TensorExamples(Batch(inputs, targets))


TRAIN, VALID = examples(42, seed=1), examples(11, seed=2)
OBJECTIVE = Supervised(Regression("huber"))


def model() -> Net:
    with seeded(3):
        return Net()


def settings(**changes: Any) -> TrainingSettings:
    chosen: dict[str, Any] = {"epochs": 4, "batch_size": 10, "learning_rate": 0.02, "seed": 5, "schedule": "cosine"}
    return TrainingSettings(**(chosen | changes))


def facts(network: nn.Module, history: History) -> tuple[dict[str, bytes], list[Any]]:
    """All that must come out the same: weights and buffers bit for bit, and each epoch but for its seconds."""
    weights = {name: tensor.numpy().tobytes() for name, tensor in network.state_dict().items()}
    return weights, [(epoch.train, epoch.valid, epoch.learning_rate) for epoch in history.epochs]


class Telling:
    """A reporter that remembers what it is told, and draws random numbers to disturb whoever else does."""

    def __init__(self) -> None:
        self.batches: list[tuple[Place, int, float]] = []
        self.epochs: list[Epoch] = []
        self.closed = 0

    def batch(self, place: Place, samples: int, loss: float, /) -> None:
        torch.rand(3)
        self.batches.append((place, samples, loss))

    def epoch(self, place: Place, record: Epoch, /) -> None:  # noqa: ARG002 - the protocol has it
        self.epochs.append(record)

    def close(self) -> None:
        self.closed += 1


class Interrupting(Telling):
    """Presses Ctrl-C when the batch of that number, counted over all epochs from 1, is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def batch(self, place: Place, samples: int, loss: float, /) -> None:
        super().batch(place, samples, loss)
        if len(self.batches) == self.number:
            signal.raise_signal(signal.SIGINT)


class Announcer:
    """Says on standard output that the first batch is done, so that whoever wants to stop this can."""

    def __init__(self) -> None:
        self.said = False

    def batch(self, place: Place, samples: int, loss: float, /) -> None:  # noqa: ARG002 - the protocol has them
        if not self.said:
            print("training", flush=True)
            self.said = True

    def epoch(self, place: Place, record: Epoch, /) -> None:
        pass

    def close(self) -> None:
        pass


def run(chosen: TrainingSettings, objective: Objective = OBJECTIVE, **options: Any) -> Any:
    """The facts of a whole training."""
    network = model()
    return facts(network, train(network, objective, TRAIN, VALID, chosen, **options))


LONG = settings(epochs=60, checkpoint_seconds=0.02)

if __name__ == "__main__":
    torch.set_num_threads(1)
    train(model(), OBJECTIVE, TRAIN, VALID, LONG, directory=sys.argv[1], resume=True, reporter=Announcer())
