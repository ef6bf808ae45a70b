"""Where training computes: Lightning Fabric, set up without a word, and the optimiser."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.optim import Adam, AdamW, Optimizer

from tidegate.training.settings import TrainingSettings

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def fabric(settings: TrainingSettings) -> Fabric:
    """One device of the wanted kind and precision. Fabric is imported here because that takes seconds."""
    from lightning_fabric import Fabric
    from lightning_fabric.plugins.environments.lightning import LightningEnvironment

    # Named, so that one process on a cluster's node does not take itself for part of a larger job.
    alone = LightningEnvironment()
    with _quiet("lightning_fabric"):
        return Fabric(accelerator=settings.accelerator, devices=1, precision=settings.precision, plugins=[alone])


def optimizer(model: nn.Module, settings: TrainingSettings) -> Optimizer:
    """Adam, or AdamW with weight decay, over the weights that learn; fused, which is several times faster on CPUs."""
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if settings.weight_decay:
        return AdamW(weights, lr=settings.learning_rate, weight_decay=settings.weight_decay, fused=True)
    return Adam(weights, lr=settings.learning_rate, fused=True)


def mover(device: torch.device) -> Callable[[Any], Any]:
    """What brings a batch to `device`; on the CPU it is there already."""
    if device.type == "cpu":
        return lambda batch: batch
    from lightning_fabric.utilities import move_data_to_device

    return lambda batch: move_data_to_device(batch, device)


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
