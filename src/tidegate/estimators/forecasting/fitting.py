"""Fitting a forecast network: windows over the training part, watched on the validation part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tidegate.data.panel import Panel
from tidegate.data.windows import Track, Windows
from tidegate.estimators.forecasting.engine import ForecastEngine
from tidegate.estimators.forecasting.preparation import Preparation
from tidegate.estimators.forecasting.resolution import ResolvedOptions
from tidegate.models.encoder import EncoderOptions
from tidegate.models.forecaster import ForecastNetwork, ForecastShape, Step, usual
from tidegate.training.criteria import Pinball, Regression
from tidegate.training.history import History
from tidegate.training.loop import train
from tidegate.training.objective import Loss
from tidegate.training.progress import Reporter
from tidegate.training.seeding import seeded
from tidegate.training.settings import TrainingSettings

_WINDOWS_PER_EPOCH = 1024  # beyond that windows overlap less: an epoch stays short however long the series


class WindowTensors(NamedTuple):
    """A batch for a forecast network; lengths are None where no window is padded."""

    values: Tensor
    expected: Tensor
    anchors: Tensor
    features: Tensor
    static: Tensor
    change: Tensor
    targets: Tensor
    lengths: Tensor | None


@dataclass(frozen=True)
class WindowExamples:
    """Windows as the training loop takes them."""

    windows: Windows

    def __len__(self) -> int:
        return len(self.windows)

    def batch(self, rows: NDArray[np.int64], /) -> WindowTensors:
        taken = self.windows.take(rows)
        padded = bool((taken.lengths < taken.values.shape[1]).any())
        tensors = [torch.from_numpy(array) for array in taken[:-1]]
        return WindowTensors._make([*tensors, torch.from_numpy(taken.lengths) if padded else None])


@dataclass(frozen=True)
class ForecastObjective:
    """The point's loss at all steps and, where quantiles are learnt, theirs beside it.

    Errors are in units of each series' usual changes, so that none outweighs the others.
    """

    point: Regression
    quantiles: Pinball | None

    def __call__(self, model: nn.Module, batch: WindowTensors, /) -> Loss:
        told, _ = model(Step(*batch[:6]), None, batch.lengths)
        unit = usual(batch.change)[:, None, None]
        told, targets = told / unit.unsqueeze(-1), batch.targets / unit
        loss = self.point(told[..., 0], targets, None)
        if self.quantiles is None:
            return loss
        spread = self.quantiles(told[..., 1:], targets, None)
        return Loss(loss.total + spread.total * (loss.count / max(spread.count, 1)), loss.count)


def fit_network(
    panel: Panel,
    options: ResolvedOptions,
    lengths: Sequence[int],
    *,
    directory: str | PathLike[str] | None,
    resume: bool,
    reporter: Reporter | None,
) -> tuple[ForecastEngine, History]:
    """Trains a network on the first `lengths` rows of the panel's series and watches the others."""
    training = panel.cut(lengths)
    engine = untrained(Preparation.fit(training, options.scaler, options.window_shape.period), options)
    examples = _examples(engine, training, [(0, length) for length in lengths])
    valid = _examples(engine, panel, [(length, len(one)) for length, one in zip(lengths, panel.series, strict=True)])
    settings = TrainingSettings(**options.model_dump(include=set(TrainingSettings.model_fields)))
    objective = _objective(options)
    history = train(
        engine.network, objective, examples, valid, settings, directory=directory, resume=resume, reporter=reporter
    )
    return engine, history


def untrained(preparation: Preparation, options: ResolvedOptions) -> ForecastEngine:
    """The engine with freshly drawn weights; options and preparation decide every shape."""
    shape = options.window_shape
    sizes = ForecastShape(
        channels=preparation.channels,
        features=preparation.features,
        static=len(preparation.static.feature_names),
        block=shape.horizon,
        quantiles=len(options.quantile_shares),
        anchored=shape.period > 0,
    )
    encoder = EncoderOptions(**options.model_dump(include=set(EncoderOptions.model_fields)))
    with seeded(options.seed):
        network = ForecastNetwork(sizes, encoder)
    return ForecastEngine(network, preparation, shape)


def _objective(options: ResolvedOptions) -> ForecastObjective:
    shares = options.quantile_shares
    return ForecastObjective(Regression(options.loss), Pinball(shares) if shares else None)


def _examples(engine: ForecastEngine, panel: Panel, bounds: Sequence[tuple[int, int]]) -> WindowExamples:
    tracks: list[Track] = [
        engine.preparation.track(series, series, first, last)
        for series, (first, last) in zip(panel.series, bounds, strict=True)
    ]
    steps = sum(last - first for first, last in bounds)
    stride = min(max(steps // _WINDOWS_PER_EPOCH, 1), max(engine.shape.length // 2, 1))
    return WindowExamples(Windows(tracks, engine.shape, stride))
