from __future__ import annotations

import math
import signal
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tidegate.errors import DataError, TrainingDiverged, TrainingInterrupted
from tidegate.training.history import History
from tidegate.training.loop import train
from tidegate.training.objective import Loss


def test_the_reporter_is_told_of_every_batch_and_epoch(small: ModuleType) -> None:
    reporter = small.Telling()
    history = train(small.model(), small.OBJECTIVE, small.TRAIN, None, small.settings(epochs=2), reporter=reporter)
    assert [(place.epoch, place.batch) for place, *_ in reporter.batches] == [
        (e, b) for e in (0, 1) for b in range(1, 6)
    ]
    assert [samples for _, samples, _ in reporter.batches] == [10, 10, 10, 10, 2] * 2
    assert reporter.epochs == history.epochs
    assert reporter.closed == 1


def test_ctrl_c_in_validation_stops_and_resumes(small: ModuleType, tmp_path: Path) -> None:
    class Pressing:
        def __init__(self) -> None:
            self.pressed = False

        def __len__(self) -> int:
            return len(small.VALID)

        def fingerprint(self) -> str:
            return "the same"

        def batch(self, rows: Any, /) -> Any:
            if not self.pressed:
                self.pressed = True
                signal.raise_signal(signal.SIGINT)
            return small.VALID.batch(rows)

    valid, model = Pressing(), small.model()
    options: Any = {"directory": tmp_path}
    with pytest.raises(TrainingInterrupted, match="after 0 of 4 epochs"):
        train(small.model(), small.OBJECTIVE, small.TRAIN, valid, small.settings(), **options)
    history = train(model, small.OBJECTIVE, small.TRAIN, valid, small.settings(), resume=True, **options)
    assert small.facts(model, history) == small.run(small.settings())


def test_a_second_ctrl_c_amid_a_step_keeps_the_last_checkpoint(small: ModuleType, tmp_path: Path) -> None:
    calls = 0

    def objective(model: nn.Module, batch: Any) -> Loss:
        nonlocal calls
        calls += 1
        loss: Loss = small.OBJECTIVE(model, batch)
        if calls == 9:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        return loss

    settings = small.settings(checkpoint_seconds=0.0)
    with pytest.raises(TrainingInterrupted, match="resume"):
        small.run(settings, objective, directory=tmp_path)
    assert small.run(settings, objective, directory=tmp_path, resume=True) == small.run(settings)


class Scripted(nn.Module):
    """A model whose validation losses are given: it stores, in its one weight, the number of the epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))


def scripted(small: ModuleType, losses: list[float], **changes: Any) -> tuple[Scripted, History]:
    model, epoch = Scripted(), -1

    def objective(network: nn.Module, batch: Any) -> Loss:
        nonlocal epoch
        if torch.is_grad_enabled():
            epoch += 1
            with torch.no_grad():
                model.weight.fill_(epoch)
            return Loss(network.weight * 0.0, len(batch.inputs))
        return Loss(torch.tensor(losses[epoch] * len(batch.inputs)), len(batch.inputs))

    settings = small.settings(batch_size=100, epochs=len(losses), schedule="constant", **changes)
    return model, train(model, objective, small.TRAIN, small.VALID, settings)


def test_early_stopping_waits_for_patience_and_restores_the_best_weights(small: ModuleType) -> None:
    model, history = scripted(small, [5.0, 3.0, 4.0, 2.0, 2.0, 3.0, 2.5, 1.0], patience=3)
    assert (len(history), history.best) == (7, 3)
    assert model.weight.item() == 3


def test_without_patience_all_epochs_are_run_and_the_best_weights_restored(small: ModuleType) -> None:
    model, history = scripted(small, [5.0, 1.0, 4.0, 2.0])
    assert (len(history), history.best, model.weight.item()) == (4, 1, 1)


def test_without_validation_the_last_weights_stay(small: ModuleType) -> None:
    model, reporter = small.model(), small.Telling()
    history = train(model, small.OBJECTIVE, small.TRAIN, None, small.settings(), reporter=reporter)
    assert [epoch.valid for epoch in history.epochs] == [None] * 4
    assert history.epochs[-1].watched == history.epochs[-1].train["loss"]


class Watching:
    """An objective that multiplies the loss, and an optimiser hook that records the norm of the gradients used."""

    def __init__(self, small: ModuleType, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inner, self.factor, self.norms, self.rates = small.OBJECTIVE, factor, [], []
        step = torch.optim.Adam.step

        def watched(optimizer: torch.optim.Adam, *arguments: Any) -> Any:
            gradients = [weight.grad for group in optimizer.param_groups for weight in group["params"]]
            self.norms.append(torch.cat([gradient.flatten().double() for gradient in gradients]).norm().item())
            self.rates.append(optimizer.param_groups[0]["lr"])
            return step(optimizer, *arguments)

        monkeypatch.setattr(torch.optim.Adam, "step", watched)

    norms: list[float]
    rates: list[float]

    def __call__(self, model: nn.Module, batch: Any, /) -> Loss:
        loss: Loss = self.inner(model, batch)
        return Loss(loss.total * self.factor, loss.count)


def test_clipping_happens(small: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching(small, 1e3, monkeypatch)
    small.run(small.settings(clip_norm=0.25), watching)
    # torch divides by the norm plus 1e-6 in float32: one part in 10⁵ is room for both.
    assert len(watching.norms) == 20
    assert max(watching.norms) <= 0.25 * (1 + 1e-5)
    assert min(watching.norms) > 0.25 * (1 - 1e-5)


def test_small_gradients_and_those_without_a_bound_are_left_alone(
    small: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = Watching(small, 1e3, monkeypatch)
    small.run(small.settings(clip_norm=None), watching)
    assert min(watching.norms) > 1.0
    tiny = Watching(small, 1e-3, monkeypatch)
    small.run(small.settings(), tiny)
    assert max(tiny.norms) < 0.1


def test_the_schedule_reaches_the_optimiser(small: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Watching(small, 1.0, monkeypatch)
    _, epochs = small.run(small.settings(schedule="cosine", learning_rate=0.02), watching)
    middles = (np.arange(20) + 0.5) / 20
    # The same formula in the same precision: only the last digit may differ.
    np.testing.assert_allclose(watching.rates, 0.01 * (1 + np.cos(np.pi * middles)), rtol=1e-13)
    assert [rate for *_, rate in epochs] == watching.rates[4::5]


@pytest.mark.parametrize(("bad", "trouble"), [(math.nan, "the loss is nan"), (math.inf, "the loss is inf")])
def test_a_loss_that_is_not_finite_names_place_and_remedy(small: ModuleType, bad: float, trouble: str) -> None:
    objective = _spoiling(small, lambda loss: loss.total * bad, call=9)
    with pytest.raises(TrainingDiverged, match=rf"epoch 2/4, batch 2/5: {trouble}; lower learning_rate \(now 0\.02\)"):
        small.run(small.settings(), objective)


def test_a_gradient_that_is_not_finite_leaves_the_weights_alone(small: ModuleType) -> None:
    model, before = small.model(), small.model().state_dict()
    # The value is zero, the slope of the root at zero infinite.
    objective = _spoiling(small, lambda loss: (loss.total - loss.total.detach()).clamp(min=0).sqrt(), call=1)
    with pytest.raises(TrainingDiverged, match="epoch 1/4, batch 1/5: the norm of the gradient is nan"):
        train(model, objective, small.TRAIN, None, small.settings())
    assert all(torch.equal(weight, before[name]) for name, weight in model.named_parameters())


def test_a_validation_loss_that_is_not_finite_is_refused(small: ModuleType) -> None:
    objective = _spoiling(small, lambda loss: loss.total * math.inf, call=6)
    with pytest.raises(TrainingDiverged, match=r"epoch 1/4, .* the validation loss is inf"):
        small.run(small.settings(), objective)


def _spoiling(small: ModuleType, spoil: Any, call: int) -> Any:
    calls = 0

    def objective(model: nn.Module, batch: Any) -> Loss:
        nonlocal calls
        calls += 1
        loss: Loss = small.OBJECTIVE(model, batch)
        return Loss(spoil(loss), loss.count) if calls == call else loss

    return objective


def test_a_batch_without_targets_teaches_nothing(small: ModuleType) -> None:
    columns = small.TRAIN.columns
    nothing = small.TensorExamples(columns._replace(targets=columns.targets * torch.nan))
    model, before = small.model(), small.model().state_dict()
    with pytest.raises(DataError, match="no target to learn from"):
        train(model, small.OBJECTIVE, nothing, None, small.settings())
    assert all(torch.equal(weight, before[name]) for name, weight in model.named_parameters())


def test_stopped_before_the_first_checkpoint_it_says_that_nothing_is_kept(small: ModuleType, tmp_path: Path) -> None:
    def objective(model: nn.Module, batch: Any) -> Loss:  # noqa: ARG001 - the protocol has them
        raise KeyboardInterrupt

    with pytest.raises(TrainingInterrupted, match="before the first checkpoint; nothing is kept in"):
        small.run(small.settings(), objective, directory=tmp_path)
    assert not list(tmp_path.iterdir())
