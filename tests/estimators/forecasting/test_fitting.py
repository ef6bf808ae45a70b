from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate.data.panel import read_panel
from tidegate.data.windows import Track, Windows, WindowShape
from tidegate.estimators.forecasting.fitting import ForecastObjective, WindowExamples, fit_network
from tidegate.estimators.forecasting.resolution import resolved, training_lengths
from tidegate.estimators.options import ForecasterOptions
from tidegate.models.forecaster import Step
from tidegate.training.criteria import Pinball, Regression

OPTIONS = {"hidden_size": 4, "window": 12, "horizon": 4, "epochs": 1}


def panel_of(monthly, **options):
    return read_panel(monthly(**{"ids": ("a", "b"), "rows": 60, **options}))


def fit(panel, **options):
    settled = resolved(ForecasterOptions(**{**OPTIONS, **options}), panel)
    lengths = training_lengths(panel, settled.horizon, settled.validation)
    return fit_network(panel, settled, lengths, directory=None, resume=False, reporter=None)


def seen_by_training(monkeypatch, panel, **options):
    """The examples that training and validation are given."""
    caught = {}

    def train(model, _objective, examples, valid, _settings, **_):
        caught.update(examples=examples, valid=valid, model=model)

    monkeypatch.setattr("tidegate.estimators.forecasting.fitting.train", train)
    fit(panel, **options)
    return caught


@pytest.mark.parametrize("strategy", ["recursive", "direct"])
def test_no_target_of_validation_is_one_of_training_and_none_is_left_out(monthly, monkeypatch, strategy):
    numbered = monthly(rows=60)
    numbered["y"] = np.arange(60.0)
    panel = read_panel(numbered)
    caught = seen_by_training(monkeypatch, panel, strategy=strategy, scaler="none")
    rows = [
        examples.batch(np.arange(len(examples))).targets.flatten() for examples in (caught["examples"], caught["valid"])
    ]
    learnt, watched = ({int(row) for row in part[~part.isnan()]} for part in rows)
    (length,) = training_lengths(panel, 4, 0.2)
    assert learnt == set(range(1, length))
    assert watched == set(range(length, 60))


def test_validation_rows_reach_neither_inputs_nor_targets_of_training(monthly, monkeypatch):
    clean, poisoned = monthly(rows=60), monthly(rows=60)
    poisoned.loc[48:, "y"] = 1e6
    batches = []
    for given in (clean, poisoned):
        caught = seen_by_training(monkeypatch, read_panel(given), scaler="standard")
        batches.append(caught["examples"].batch(np.arange(len(caught["examples"]))))
    for one, other in zip(*batches, strict=True):
        if one is None:
            assert other is None
        else:
            assert torch.equal(one.nan_to_num(-99), other.nan_to_num(-99))


def test_lengths_come_along_only_where_windows_are_padded():
    rng = np.random.default_rng(0)
    nothing, one = np.zeros(0), np.ones(1)
    tracks = [Track(rng.normal(size=(steps, 1)), np.zeros((steps, 0)), nothing, one, 0, steps) for steps in (5, 30)]
    examples = WindowExamples(Windows(tracks, WindowShape(10, 1, 0), stride=10))
    assert examples.batch(np.array([1, 2])).lengths is None
    assert examples.batch(np.array([0, 2])).lengths.tolist() == [4, 10]


def test_missing_targets_have_no_part_in_loss_and_gradient(monthly, monkeypatch):
    gappy = monthly(rows=60)
    gappy.loc[[5, 6, 20, 33, 47], "y"] = np.nan
    caught = seen_by_training(monkeypatch, read_panel(gappy))
    batch, model = caught["examples"].batch(np.arange(len(caught["examples"]))), caught["model"]
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    loss = ForecastObjective(Regression("mse"), None)(model, batch)
    loss.total.backward()
    assert loss.count == int((~batch.targets.isnan()).sum())
    told, _ = model(Step(*batch[:6]), None, batch.lengths)
    observed = ~batch.targets.isnan()
    errors = (told[..., 0] - batch.targets) / batch.change[:, None, None]
    by_hand = errors[observed].square().sum()
    torch.testing.assert_close(loss.total, by_hand)
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())


def test_the_quantile_loss_stands_beside_the_points_as_a_mean(monthly, monkeypatch):
    caught = seen_by_training(monkeypatch, panel_of(monthly), strategy="direct", intervals="quantile", levels=(80.0,))
    batch, model = caught["examples"].batch(np.arange(8)), caught["model"]
    point, spread = Regression("mse"), Pinball((0.1, 0.9))
    both = ForecastObjective(point, spread)(model, batch)
    alone = ForecastObjective(point, None)(model, batch)
    told, _ = model(Step(*batch[:6]), None, batch.lengths)
    unit = batch.change[:, None, None]
    pinball = spread(told[..., 1:] / unit.unsqueeze(-1), batch.targets / unit, None)
    torch.testing.assert_close(both.total / both.count, alone.total / alone.count + pinball.total / pinball.count)


@pytest.mark.parametrize("precision", ["32-true", "64-true", "bf16-true", "bf16-mixed"])
def test_weights_come_back_in_single_precision_whatever_training_used(monthly, precision):
    engine, history = fit(panel_of(monthly), precision=precision)
    assert {parameter.dtype for parameter in engine.network.parameters()} == {torch.float32}
    assert len(history) == 1


def test_training_moves_every_weight_and_leaves_the_callers_random_state(monthly):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    engine, _ = fit(panel_of(monthly), epochs=2, num_layers=2)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(parameter.abs().sum() > 0 for parameter in engine.network.parameters())
