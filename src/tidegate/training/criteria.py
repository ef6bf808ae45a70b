"""Losses over whole sequences. Missing targets and padding are masked exactly: out of the value and the gradient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from tidegate.errors import ConfigurationError, DataError
from tidegate.training.objective import Loss

_Kind = Literal["mse", "mae", "huber"]


@dataclass(frozen=True)
class CrossEntropy:
    """Cross-entropy over all steps, with the accuracy.

    predictions [B, …, C] logits; targets [B, …] classes as int64, `ignore_index` where there is none; lengths [B] masks
    the targets' second axis, if they have one. Raises DataError for targets that are no classes of 0 to C − 1.

    label_smoothing: share of the target spread evenly over all classes (Szegedy et al. 2016, arXiv:1512.00567).
    weights: of each class, C of them; a term counts once however much it weighs, so let them be 1 on average.
    """

    ignore_index: int = -100
    label_smoothing: float = 0.0
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise ConfigurationError(f"label_smoothing={self.label_smoothing!r}: give a share from 0 up, below 1")

    def __call__(self, predictions: Tensor, targets: Tensor, lengths: Tensor | None = None, /) -> Loss:
        logits, classes = predictions.flatten(0, -2), targets.flatten()
        kept = (_within(targets, lengths) & (targets != self.ignore_index)).flatten()
        if not kept.all():  # taken out, not multiplied by zero: zero times NaN is NaN
            places = kept.nonzero().squeeze(1)
            logits, classes = logits.index_select(0, places), classes.index_select(0, places)
        _check_classes(classes, logits.shape[-1])
        weights = None if self.weights is None else logits.new_tensor(self.weights)
        total = functional.cross_entropy(
            logits, classes, weights, reduction="sum", label_smoothing=self.label_smoothing
        )
        correct = (logits.detach().argmax(-1) == classes).sum()
        return Loss(total, len(classes), {"accuracy": correct.item()})


@dataclass(frozen=True)
class Regression:
    """Squared ("mse"), absolute ("mae") or Huber (1964) loss with the threshold `delta`.

    predictions and targets [B, …] of equal shape, NaN where a target is missing; lengths [B] masks the second axis, if
    there is one. Raises ConfigurationError for another kind, or a `delta` that is not positive.
    """

    kind: _Kind = "mse"
    delta: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(_Kind):
            raise ConfigurationError(f"kind={self.kind!r} is not known: 'mse', 'mae' or 'huber'")
        if not 0 < self.delta < math.inf:
            raise ConfigurationError(f"delta={self.delta!r}: the threshold of the Huber loss is a positive number")

    def __call__(self, predictions: Tensor, targets: Tensor, lengths: Tensor | None = None, /) -> Loss:
        error, count = _observed_error(predictions, targets, _within(targets, lengths))
        return Loss(self._terms(error).sum(), count)

    def _terms(self, error: Tensor) -> Tensor:
        match self.kind:
            case "mse":
                return error.square()
            case "mae":
                return error.abs()
            case "huber":
                return functional.huber_loss(error, torch.zeros_like(error), reduction="none", delta=self.delta)


@dataclass(frozen=True)
class Pinball:
    """Quantile loss (Koenker & Bassett, 1978): max(q·e, (q − 1)·e) with e = target − prediction, a mean over quantiles.

    predictions [B, …, Q], one for each of `quantiles`; targets [B, …], NaN where missing; lengths [B].
    Raises ConfigurationError for no quantile, or one that does not lie between 0 and 1.
    """

    quantiles: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.quantiles or not all(0 < share < 1 for share in self.quantiles):
            raise ConfigurationError(f"quantiles={self.quantiles!r}: give one or more numbers between 0 and 1")

    def __call__(self, predictions: Tensor, targets: Tensor, lengths: Tensor | None = None, /) -> Loss:
        levels = predictions.new_tensor(self.quantiles)
        spread = targets.unsqueeze(-1).expand(*targets.shape, len(levels))
        error, count = _observed_error(predictions, spread, _within(targets, lengths).unsqueeze(-1))
        return Loss(torch.maximum(levels * error, (levels - 1) * error).sum(), count)


def _check_classes(classes: Tensor, count: int) -> None:
    if classes.dtype != torch.int64:
        raise DataError(f"targets are {classes.dtype}, expected classes as torch.int64: convert them by targets.long()")
    if classes.numel() and not 0 <= int(classes.min()) <= int(classes.max()) < count:
        found = f"{int(classes.min())} to {int(classes.max())}"
        raise DataError(f"targets hold classes {found}, expected 0 to {count - 1}, as there are {count} logits")


def _observed_error(predictions: Tensor, targets: Tensor, real: Tensor) -> tuple[Tensor, int]:
    """targets − predictions, exactly zero (gradient too) where there is no target; and how many targets there are."""
    if predictions.shape != targets.shape:
        raise ValueError(f"predictions {tuple(predictions.shape)} and targets {tuple(targets.shape)} differ in shape")
    observed = real & ~targets.isnan()
    return torch.where(observed, targets - predictions, 0.0), int(observed.sum())


def _within(targets: Tensor, lengths: Tensor | None) -> Tensor:
    """True for real steps, False for padding; [B, T, 1, …] to spread over `targets` [B, T, …].

    Targets [B], one for each sequence, have no steps that could be padding.
    """
    if lengths is None or targets.dim() < 2:
        return torch.ones((), dtype=torch.bool, device=targets.device)
    steps = torch.arange(targets.shape[1], device=targets.device)
    real = steps < lengths.to(targets.device, torch.int64).unsqueeze(1)
    return real.reshape(*real.shape, *[1] * (targets.dim() - 2))
