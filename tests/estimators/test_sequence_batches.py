import numpy as np
import torch
from torch import nn

from tidegate.estimators.sequence_batches import SequenceExamples, padded, predicted
from tidegate.training.examples import fingerprint

SOURCE = np.random.default_rng(0)
SERIES = [SOURCE.normal(size=(length, 2)).astype(np.float32) for length in SOURCE.integers(1, 60, 500)]


def test_a_batch_is_padded_to_its_longest_and_keeps_its_targets():
    examples = SequenceExamples(SERIES, np.arange(500))
    batch = examples.batch(np.array([3, 10]))
    longest = max(len(SERIES[3]), len(SERIES[10]))

    assert batch.inputs.shape == (2, longest, 2)
    assert batch.targets.tolist() == [3, 10]
    assert batch.lengths.tolist() == [len(SERIES[3]), len(SERIES[10])]
    for row, series in enumerate((SERIES[3], SERIES[10])):
        np.testing.assert_array_equal(batch.inputs[row, : len(series)], series)
        assert not batch.inputs[row, len(series) :].any()


def test_targets_of_steps_are_padded_with_what_is_left_out():
    steps = [np.arange(len(series)) for series in SERIES]
    batch = SequenceExamples(SERIES, steps).batch(np.array([3, 10]))
    assert batch.targets[1, len(SERIES[10]) :].unique().tolist() in ([], [-100])
    np.testing.assert_array_equal(batch.targets[0, : len(SERIES[3])], steps[3])


def test_batches_hold_every_row_once_with_little_padding():
    examples = SequenceExamples(SERIES, np.arange(500))
    batches = examples.batches(16, np.random.default_rng(1))
    assert sorted(np.concatenate(batches).tolist()) == list(range(500))
    steps = sum(len(rows) * examples.lengths[rows].max() for rows in batches)
    # the bound that is asked for; unsorted batches of these lengths are nearly half padding
    assert 1 - examples.lengths.sum() / steps < 0.1


def test_by_length_is_the_same_in_another_order():
    targets = [np.arange(len(series)) for series in SERIES]
    for told in (np.arange(500), targets):
        ordered = SequenceExamples(SERIES, told).by_length()
        assert (np.diff(ordered.lengths) >= 0).all()
        assert fingerprint(ordered) != fingerprint(SequenceExamples(SERIES, told))
    assert all(len(one) == length for one, length in zip(ordered.targets, ordered.lengths, strict=True))


def test_a_changed_value_target_or_length_changes_the_fingerprint():
    whole = fingerprint(SequenceExamples(SERIES, np.arange(500)))
    changed = [SERIES[0] + 1, *SERIES[1:]]
    assert fingerprint(SequenceExamples(changed, np.arange(500))) != whole
    assert fingerprint(SequenceExamples(SERIES, np.arange(500)[::-1].copy())) != whole
    joined = padded([np.arange(3), np.arange(1)], 0)
    assert joined.tolist() == [[0, 1, 2], [0, 0, 0]]


class Sum(nn.Module):
    def forward(self, inputs: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        assert not self.training
        assert not torch.is_grad_enabled()
        return inputs.sum((1, 2)) / lengths


def test_predictions_come_with_their_rows():
    found = np.full(500, np.nan, dtype=np.float32)
    for rows, answer in predicted(Sum(), SequenceExamples(SERIES, np.arange(500)), batch_size=7):
        found[rows] = answer
    # sums of at most 118 float32 in another order
    np.testing.assert_allclose(found, [series.sum() / len(series) for series in SERIES], rtol=1e-4, atol=1e-5)
