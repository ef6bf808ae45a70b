from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn

from tidegate.errors import DataError
from tidegate.training.criteria import Regression
from tidegate.training.objective import Averages, Loss, Supervised


class Plain(NamedTuple):
    inputs: Tensor
    targets: Tensor


class Ragged(NamedTuple):
    inputs: Tensor
    targets: Tensor
    lengths: Tensor | None


class Told(nn.Module):
    def forward(self, inputs: Tensor, **options: Any) -> Tensor:
        self.options = options
        return inputs * 2


def test_the_network_and_the_criterion_are_given_the_lengths() -> None:
    model, inputs, lengths = Told(), torch.randn(2, 3), torch.tensor([3, 1])
    loss = Supervised(Regression("mae"))(model, Ragged(inputs, torch.zeros(2, 3), lengths))
    assert model.options == {"lengths": lengths}
    assert loss.count == 4
    # A float32 sum in another order
    assert loss.total.item() == pytest.approx((inputs[0].abs().sum() + inputs[1, 0].abs()).item() * 2, rel=1e-6)


@pytest.mark.parametrize("batch", [Plain(torch.ones(2, 3), torch.zeros(2, 3)), Ragged(*torch.ones(2, 2, 3), None)])
def test_a_network_is_not_asked_for_lengths_the_batch_has_not(batch: Any) -> None:
    model = Told()
    assert Supervised(Regression())(model, batch).count == 6
    assert model.options == {}


def test_another_way_through_the_network_may_be_given() -> None:
    batch = Plain(torch.ones(2, 3), torch.ones(2, 3))
    assert Supervised(Regression(), lambda model, batch: model(batch.inputs) / 2)(Told(), batch).total == 0


def test_what_is_watched_may_have_a_criterion_of_its_own() -> None:
    model, batch = Told(), Plain(torch.full((2, 3), 1.5), torch.zeros(2, 3))  # each prediction is 3
    one, both = Supervised(Regression("mae")), Supervised(Regression("mae"), watched=Regression("mse"))
    assert [both(model.train(training), batch).total.item() for training in (True, False)] == [18, 54]
    assert [one(model.train(training), batch).total.item() for training in (True, False)] == [18, 18]


def test_means_are_over_terms() -> None:
    averages = Averages()
    averages.add(Loss(torch.tensor(6.0), 3, {"accuracy": 1}), 6.0)
    averages.add(Loss(torch.tensor(1.0), 1, {"accuracy": 1}), 1.0)
    assert averages.means() == {"loss": 7 / 4, "accuracy": 2 / 4}


def test_means_over_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="no target to learn from"):
        Averages().means()
