"""The same numbers again: from the same seed, and after a training that was stopped."""

from __future__ import annotations

import signal

import pytest

from tidegate.errors import DataError, NotFittedError, TrainingInterrupted
from tidegate.training.progress import Silent


def test_the_same_seed_gives_the_same_bits_and_another_other_ones(tiny, monthly, bits):
    options = {"dropout": 0.2, "num_layers": 2, "zoneout": 0.1, "recurrent_dropout": 0.1, "input_dropout": 0.1}
    first, again, other = (tiny(seed=seed, **options).fit(monthly()) for seed in (1, 1, 2))
    assert bits(first) == bits(again)
    assert first.predict(7, level=[80]).equals(again.predict(7, level=[80]))
    assert not first.predict(7).equals(other.predict(7))


class Interrupting(Silent):
    """Presses Ctrl-C once, after some batches."""

    def __init__(self, batches):
        self.left = batches

    def batch(self, *_):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("batches", [1, 4, 6])
def test_stopped_and_resumed_is_never_stopped(tiny, monthly, tmp_path, batches, bits):
    options = {"dropout": 0.2, "num_layers": 2, "epochs": 3}
    whole = tiny(**options).fit(monthly())
    forecaster = tiny(**options)
    with pytest.raises(TrainingInterrupted, match="resume"):
        forecaster.fit(monthly(), directory=tmp_path, reporter=Interrupting(batches))
    with pytest.raises(NotFittedError):
        forecaster.predict()
    forecaster.fit(monthly(), directory=tmp_path, resume=True)
    assert bits(forecaster) == bits(whole)
    assert forecaster.predict(9, level=[80]).equals(whole.predict(9, level=[80]))
    assert [one.train for one in forecaster.history_.epochs] == [one.train for one in whole.history_.epochs]


def test_a_resumption_with_other_data_is_refused(tiny, monthly, tmp_path):
    with pytest.raises(TrainingInterrupted):
        tiny().fit(monthly(), directory=tmp_path, reporter=Interrupting(2))
    with pytest.raises(DataError, match="other training data"):
        tiny().fit(monthly(seed=1), directory=tmp_path, resume=True)
