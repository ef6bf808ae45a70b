from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tidegate.errors import ConfigurationError, DataError
from tidegate.training.criteria import CrossEntropy, Pinball, Regression

KINDS = ["mse", "mae", "huber"]


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def by_hand(kind: str, error: Any) -> Any:
    huber = np.where(np.abs(error) <= 0.7, error**2 / 2, 0.7 * (np.abs(error) - 0.35))
    return {"mse": error**2, "mae": np.abs(error), "huber": huber}[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_regression_is_the_textbook_sum(kind: Any) -> None:
    predictions, targets = random(4, 5, 2), random(4, 5, 2, seed=1)
    loss = Regression(kind, delta=0.7)(predictions, targets)
    expected = by_hand(kind, (targets - predictions).numpy()).sum()
    assert loss.count == 40
    assert loss.total.item() == pytest.approx(expected, rel=1e-12)  # float64 sums in another order


def test_pinball_is_the_textbook_sum() -> None:
    quantiles = (0.1, 0.5, 0.8)
    predictions, targets = random(4, 5, 3), random(4, 5, seed=1)
    loss = Pinball(quantiles)(predictions, targets)
    error = targets.numpy()[..., None] - predictions.numpy()
    expected = sum(np.where(e >= 0, q * e, (q - 1) * e).sum() for q, e in zip(quantiles, error.T, strict=True))
    assert loss.count == 60
    assert loss.total.item() == pytest.approx(expected, rel=1e-12)  # as above


def test_the_least_pinball_loss_is_at_the_quantile() -> None:
    targets = random(1001)
    places = torch.linspace(-2, 2, 801, dtype=torch.float64)
    losses = [Pinball((0.8,))(place.expand(1001, 1), targets).total.item() for place in places]
    # The grid is 0.005 wide.
    assert places[int(np.argmin(losses))].item() == pytest.approx(torch.quantile(targets, 0.8).item(), abs=0.005)


def test_cross_entropy_is_the_textbook_sum_with_accuracy() -> None:
    logits, classes = random(3, 4, 5), torch.randint(0, 5, (3, 4), generator=torch.Generator().manual_seed(2))
    loss = CrossEntropy()(logits, classes)
    log = logits.numpy() - np.log(np.exp(logits.numpy()).sum(-1, keepdims=True))
    expected = -np.take_along_axis(log, classes.numpy()[..., None], -1).sum()
    assert loss.count == 12
    assert loss.total.item() == pytest.approx(expected, rel=1e-12)  # as above
    assert loss.sums == {"accuracy": (log.argmax(-1) == classes.numpy()).sum()}


def masked(criterion: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Predictions that are NaN wherever there is no target, targets, lengths, and where there are targets."""
    lengths = torch.tensor([5, 2, 0])
    kept = (torch.arange(5) < lengths[:, None]) & (random(3, 5, seed=4) > -0.5)
    assert 0 < kept.sum() < 7
    if isinstance(criterion, CrossEntropy):
        targets = torch.randint(0, 4, (3, 5), generator=torch.Generator().manual_seed(3))
        targets[~kept & (torch.arange(5) < lengths[:, None])] = criterion.ignore_index
    else:
        targets = random(3, 5, seed=3)
        targets[~kept & (torch.arange(5) < lengths[:, None])] = torch.nan
    predictions = random(3, 5, 4)
    predictions[~kept] = torch.nan
    return predictions, targets, lengths, kept


CRITERIA = [CrossEntropy(), CrossEntropy(ignore_index=9), Pinball((0.1, 0.4, 0.6, 0.9)), *map(Regression, KINDS)]


@pytest.mark.parametrize("criterion", CRITERIA, ids=str)
def test_what_is_masked_reaches_neither_value_nor_gradient(criterion: Any) -> None:
    predictions, targets, lengths, kept = masked(criterion)
    if isinstance(criterion, Regression):
        predictions = predictions[..., 0].clone()
    predictions.requires_grad_()
    loss = criterion(predictions, targets, lengths)
    (gradient,) = torch.autograd.grad(loss.total, predictions)
    alone = predictions.detach()[kept].unsqueeze(0).requires_grad_()
    expected = criterion(alone, targets[kept].unsqueeze(0), None)
    (expected_gradient,) = torch.autograd.grad(expected.total, alone)
    assert (loss.count, loss.sums) == (expected.count, expected.sums)
    assert loss.total.item() == pytest.approx(expected.total.item(), rel=1e-12)  # as above
    # Exact: each term has its own gradient, whatever the others are.
    assert torch.equal(gradient[kept].unsqueeze(0), expected_gradient)
    assert gradient[~kept].count_nonzero() == 0


@pytest.mark.parametrize("criterion", CRITERIA, ids=str)
def test_a_batch_with_no_target_at_all_counts_nothing(criterion: Any) -> None:
    predictions, targets, lengths, _ = masked(criterion)
    if isinstance(criterion, Regression):
        predictions = predictions[..., 0]
    loss = criterion(predictions, targets, torch.zeros_like(lengths))
    assert (loss.total.item(), loss.count) == (0.0, 0)


def test_several_targets_share_the_lengths() -> None:
    predictions, targets = random(2, 3, 4), random(2, 3, 4, seed=1)
    loss = Regression("mae")(predictions, targets, torch.tensor([1, 3]))
    expected = (targets - predictions).abs()
    assert loss.count == 16
    # float64 sums in another order
    assert loss.total.item() == pytest.approx((expected[0, :1].sum() + expected[1].sum()).item(), rel=1e-12)


@pytest.mark.parametrize("criterion", [Regression(), Pinball((0.5, 0.9))])
def test_shapes_that_would_broadcast_are_refused(criterion: Any) -> None:
    with pytest.raises(ValueError, match=r"predictions \(3, 5, 1\) and targets"):
        criterion(random(3, 5, 1), random(3, 5), None)


def test_one_target_for_each_sequence_is_not_masked_by_the_steps_of_its_input() -> None:
    lengths = torch.tensor([3, 1, 0, 2])
    classes, logits, values = torch.tensor([0, 2, 1, 1]), random(4, 3), random(4, seed=1)
    spread, targets = random(4, 2, seed=2), random(4, seed=3)
    for criterion, predicted, wanted in (
        (CrossEntropy(), logits, classes),
        (Regression(), values, targets),
        (Pinball((0.2, 0.7)), spread, targets),
    ):
        masked, whole = criterion(predicted, wanted, lengths), criterion(predicted, wanted, None)
        assert masked.total.equal(whole.total)
        assert masked.count == whole.count > 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Regression("rmse"), "kind='rmse' is not known: 'mse', 'mae' or 'huber'"),  # type: ignore[arg-type]  # as a user may
        (lambda: Regression("huber", 0.0), r"delta=0\.0"),
        (lambda: Regression("huber", float("nan")), "delta=nan"),
        (lambda: Pinball(()), r"quantiles=\(\)"),
        (lambda: Pinball((0.5, 1.5)), r"quantiles=\(0\.5, 1\.5\): give one or more numbers between 0 and 1"),
    ],
)
def test_impossible_losses_are_refused_when_made(make: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make()


def test_targets_that_are_no_classes_are_told() -> None:
    logits, classes = random(2, 3, 4), torch.tensor([[0, 3, -100], [1, 2, 0]])
    with pytest.raises(DataError, match=r"targets are torch\.int32, expected classes as torch\.int64"):
        CrossEntropy()(logits, classes.int())
    with pytest.raises(DataError, match="targets hold classes 0 to 4, expected 0 to 3, as there are 4 logits"):
        CrossEntropy()(logits, torch.where(classes == 3, 4, classes))
    with pytest.raises(DataError, match="targets hold classes -100 to 3, expected 0 to 3"):
        CrossEntropy(ignore_index=-1)(logits, classes)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.uint16, torch.uint64])
def test_lengths_may_be_unsigned(dtype: torch.dtype) -> None:
    predictions, targets, lengths = random(3, 4), random(3, 4, seed=1), torch.tensor([4, 0, 2])
    expected = Regression()(predictions, targets, lengths)
    assert Regression()(predictions, targets, lengths.to(dtype)).total.equal(expected.total)
    assert expected.count == 6


def test_smoothed_and_weighted_cross_entropy_is_the_sum_over_terms():
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    classes = torch.tensor([0, 2, 1, 1, 0])
    weights = (0.5, 2.0, 1.0)
    smoothing = 0.1
    logarithms = logits.log_softmax(-1)
    by_hand = 0.0
    for row, true in enumerate(classes.tolist()):
        right = weights[true] * logarithms[row, true]
        evenly = sum(weight * value for weight, value in zip(weights, logarithms[row], strict=True)) / 3
        by_hand -= (1 - smoothing) * right + smoothing * evenly

    loss = CrossEntropy(label_smoothing=smoothing, weights=weights)(logits, classes)

    assert loss.count == 5
    torch.testing.assert_close(loss.total, by_hand)


def test_a_smoothing_that_is_no_share_is_refused():
    with pytest.raises(ConfigurationError, match="label_smoothing=1"):
        CrossEntropy(label_smoothing=1.0)
