"""One training under way: its state, moved on batch by batch and epoch by epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import torch
from torch import Tensor, nn

from tidegate.errors import TrainingDiverged, TrainingInterrupted
from tidegate.training.carrying import AnyObjective, Carried, next_loss
from tidegate.training.checkpoint import Checkpoints, State
from tidegate.training.device import fabric, mover, optimizer
from tidegate.training.examples import Examples, Rows, batches_as_they_stand, epoch_batches
from tidegate.training.history import Epoch, History
from tidegate.training.identity import Identity
from tidegate.training.interruption import Interruption
from tidegate.training.objective import Averages
from tidegate.training.progress import Place, Reporter
from tidegate.training.schedule import learning_rate
from tidegate.training.seeding import seed_torch
from tidegate.training.settings import TrainingSettings


@dataclass(frozen=True)
class Task:
    """What to train on what, and how."""

    model: nn.Module
    objective: AnyObjective
    examples: Examples
    valid: Examples | None
    settings: TrainingSettings

    def identity(self) -> Identity:
        return Identity.of(self.model, self.objective, self.examples, self.valid, self.settings)


class Run:
    """Carries a task from its present state to the end."""

    def __init__(self, task: Task, reporter: Reporter, interruption: Interruption) -> None:
        self.task, self.reporter, self.interruption = task, reporter, interruption
        self.state = State(task.model, optimizer(task.model, task.settings))
        self.fabric = fabric(task.settings)
        self.network, self.stepper = self.fabric.setup(self.state.model, self.state.optimizer)
        self.move = mover(self.fabric.device)
        self.checkpoints: Checkpoints | None = None
        self.saved_at = self.seen_at = time.monotonic()

    def keep_checkpoints(self, directory: str | PathLike[str], resume: bool) -> None:
        """Keeps checkpoints in `directory` from now on; with `resume` goes to where they left off."""
        self.checkpoints = Checkpoints(directory, self.task.identity())
        if resume:
            self.checkpoints.restore(self.state, lambda epoch: len(self._batches(epoch)))
            self.state.carried = self.move(self.state.carried)
        else:
            self.checkpoints.clear()

    def to_the_end(self) -> History:
        was_training = self.task.model.training
        try:
            while not self._finished():
                self._epoch()
            self._stop_if_asked()
        except (_Stopped, KeyboardInterrupt) as stop:
            raise self._interrupted(stop) from None
        finally:
            self.reporter.close()
            self.task.model.train(was_training)
            self.task.model.zero_grad()  # whoever next looks at gradients must not find the last batch's
        if self.state.best:
            self.task.model.load_state_dict(self.state.best)
        return self.state.history

    def _finished(self) -> bool:
        history, settings = self.state.history, self.task.settings
        ran_out = settings.patience is not None and history.since_best >= settings.patience
        return ran_out or len(history) >= settings.epochs

    def _epoch(self) -> None:
        state, settings, number = self.state, self.task.settings, len(self.state.history)
        batches = self._batches(number)
        self.network.train()
        while state.batch < len(batches):
            self._batch(batches[state.batch], Place(number, settings.epochs, state.batch + 1, len(batches)))
            self._checkpoint_if_due()
            self._stop_if_asked()
        self._close_epoch(Place(number, settings.epochs, len(batches), len(batches)))

    def _batches(self, epoch: int) -> Sequence[Rows]:
        settings = self.task.settings
        return epoch_batches(self.task.examples, settings.batch_size, settings.seed, epoch)

    def _batch(self, rows: Rows, place: Place) -> None:
        task, state = self.task, self.state
        seed_torch(task.settings.seed, "noise", place.epoch, place.batch)
        loss, state.carried = next_loss(
            task.objective, self.network, self.move(task.examples.batch(rows)), state.carried
        )
        total = loss.total.item()
        if not math.isfinite(total):
            raise self._diverged(place, f"the loss is {total}")
        if loss.count:  # a batch without a single target has nothing to teach, and momentum must not act alone
            self._descend(loss.total / loss.count, place)
        state.averages.add(loss, total)
        state.batch = place.batch
        self._tick()
        self.reporter.batch(place, len(rows), total / max(loss.count, 1))

    def _descend(self, mean: Tensor, place: Place) -> None:
        for group in self.state.optimizer.param_groups:
            group["lr"] = self._rate(place)
        self.stepper.zero_grad()
        self.fabric.backward(mean)
        bound = self.task.settings.clip_norm or math.inf
        norm = self.fabric.clip_gradients(self.network, self.stepper, max_norm=bound, error_if_nonfinite=False)
        if norm is None or not math.isfinite(norm):
            raise self._diverged(place, f"the norm of the gradient is {norm}")
        self.stepper.step()

    def _rate(self, place: Place) -> float:
        progress = (place.epoch + (place.batch - 0.5) / place.batches) / place.epochs
        return learning_rate(self.task.settings, progress, self.state.history)

    def _close_epoch(self, place: Place) -> None:
        state, valid = self.state, self.task.valid
        means = None if valid is None else self._validate(valid, place)
        self._tick()
        record = Epoch(state.averages.means(), means, self._rate(place), state.seconds)
        state.history.epochs.append(record)
        state.batch, state.averages, state.carried, state.seconds = 0, Averages(), (), 0.0
        if valid is not None and state.history.since_best == 0:
            state.keep_weights()
        if self._finished():
            self._checkpoint()
        else:
            self._checkpoint_if_due()
        self.reporter.epoch(place, record)

    def _validate(self, valid: Examples, place: Place) -> dict[str, float]:
        size = self.task.settings.batch_size
        means = measure(self.network, self.task.objective, valid, size, self.move, self._stop_if_asked)
        if not math.isfinite(means["loss"]):
            raise self._diverged(place, f"the validation loss is {means['loss']}")
        return means

    def _tick(self) -> None:
        now = time.monotonic()
        self.state.seconds += now - self.seen_at
        self.seen_at = now

    def _checkpoint(self) -> None:
        if self.checkpoints is not None:
            self.checkpoints.save(self.state)
            self.saved_at = time.monotonic()

    def _checkpoint_if_due(self) -> None:
        if time.monotonic() - self.saved_at >= self.task.settings.checkpoint_seconds:
            self._checkpoint()

    def _stop_if_asked(self) -> None:
        if self.interruption.requested:
            raise _Stopped

    def _interrupted(self, stop: BaseException) -> TrainingInterrupted:
        if isinstance(stop, _Stopped):  # a KeyboardInterrupt may come amid a step: then the last checkpoint stands
            self._checkpoint()
        where = f"stopped after {len(self.state.history)} of {self.task.settings.epochs} epochs"
        if self.checkpoints is None:
            return TrainingInterrupted(f"{where}; nothing is kept, as no folder for checkpoints was given")
        kept = self.checkpoints.directory
        if not self.checkpoints.last.exists():
            return TrainingInterrupted(f"{where}, before the first checkpoint; nothing is kept in {kept} yet")
        return TrainingInterrupted(
            f"{where}; what is done is kept in {kept}: the same call with resume (in the shell --resume) goes on there"
        )

    def _diverged(self, place: Place, trouble: str) -> TrainingDiverged:
        rate, bound = self.task.settings.learning_rate, self.task.settings.clip_norm
        return TrainingDiverged(
            f"{place}, batch {place.batch}/{place.batches}: {trouble}; lower learning_rate (now {rate:g}) or clip_norm "
            f"(now {bound}), or look for extreme or non-finite values in the inputs"
        )


class _Stopped(Exception):
    """Ctrl-C was seen between two batches."""


def measure(
    model: nn.Module,
    objective: AnyObjective,
    examples: Examples,
    batch_size: int,
    move: Callable[[Any], Any],
    between: Callable[[], None] = lambda: None,
) -> dict[str, float]:
    """Means over all terms of `examples` in evaluation mode; `between` is called after each batch."""
    averages, was_training = Averages(), model.training
    carried: Carried = ()
    model.eval()
    try:
        with torch.no_grad():
            for rows in batches_as_they_stand(examples, batch_size):
                loss, carried = next_loss(objective, model, move(examples.batch(rows)), carried)
                averages.add(loss, loss.total.item())
                between()
    finally:
        model.train(was_training)
    return averages.means()
