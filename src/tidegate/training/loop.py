"""The training loop: Adam on any network, objective and examples; stopped at any moment and resumed bit for bit."""

from __future__ import annotations

from itertools import chain
from os import PathLike

import torch
from torch import Tensor, nn

from tidegate.errors import ConfigurationError, DataError
from tidegate.models.threads import one_thread
from tidegate.training.carrying import AnyObjective
from tidegate.training.device import mover
from tidegate.training.examples import Examples
from tidegate.training.history import History
from tidegate.training.interruption import Interruption
from tidegate.training.progress import Reporter, Silent
from tidegate.training.run import Run, Task, measure
from tidegate.training.seeding import seeded
from tidegate.training.settings import TrainingSettings


def train(
    model: nn.Module,
    objective: AnyObjective,
    examples: Examples,
    valid: Examples | None,
    settings: TrainingSettings,
    *,
    directory: str | PathLike[str] | None = None,
    resume: bool = False,
    reporter: Reporter | None = None,
) -> History:
    """Trains `model` in place and returns what happened in each epoch.

    With `valid` the model ends with the weights of the epoch of least validation loss, without it with the last ones.
    With `directory` checkpoints are kept there; `resume` goes on from them (from the start, if there are none yet) and
    gives bit for bit what training without a stop gives on the same kind of machine. A finished training is only
    loaded. Without `resume`, checkpoints found there are replaced. The caller's random state is left as it was, and the
    model's device and dtypes are, whatever the accelerator and precision.

    Raises TrainingInterrupted after Ctrl-C, TrainingDiverged for a loss or gradient that is not finite, DataError for
    no examples or no targets and for a resumption with other data, ConfigurationError for settings that do not fit or
    a resumption with other settings, ArtefactError for a damaged checkpoint.
    """
    task = Task(model, objective, examples, valid, settings)
    _refuse_impossible(task, directory, resume)
    device, dtypes = _device(model), {name: tensor.dtype for name, tensor in _tensors(model).items()}
    with one_thread(), seeded(settings.seed), Interruption() as interruption:
        run = Run(task, reporter or Silent(), interruption)
        if directory is not None:
            run.keep_checkpoints(directory, resume)
        try:
            return run.to_the_end()
        finally:
            model.to(device)
            for name, tensor in _tensors(model).items():
                tensor.data = tensor.data.to(dtypes[name])


def evaluate(model: nn.Module, objective: AnyObjective, examples: Examples, batch_size: int = 256) -> dict[str, float]:
    """Mean "loss" and metrics over all terms of `examples`, dropout off; the model's mode is left as it was."""
    with one_thread():
        return measure(model, objective, examples, batch_size, mover(_device(model)))


def _tensors(model: nn.Module) -> dict[str, Tensor]:
    return dict(chain(model.named_parameters(), model.named_buffers()))


def _device(model: nn.Module) -> torch.device:
    return next((tensor.device for tensor in model.parameters()), torch.device("cpu"))


def _refuse_impossible(task: Task, directory: str | PathLike[str] | None, resume: bool) -> None:
    valid, patience = task.valid, task.settings.patience
    if len(task.examples) == 0:
        raise DataError("no examples to train on; give more data or shorter windows")
    if valid is not None and len(valid) == 0:
        raise DataError("no validation examples; give more data, or None to train without validation")
    if patience is not None and valid is None:
        raise ConfigurationError(f"patience={patience} needs validation examples; give some, or patience=None")
    if resume and directory is None:
        raise ConfigurationError("resume=True needs the directory in which the checkpoints are")
