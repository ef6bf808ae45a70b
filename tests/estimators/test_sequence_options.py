import pytest

from tidegate.estimators.sequence_options import SequenceOptions
from tidegate.estimators.tagging.tagger_options import TaggerOptions


@pytest.mark.parametrize(
    ("batches", "epochs", "patience"),
    [(1, 300, 50), (5, 300, 50), (6, 270, 45), (50, 30, 5), (51, 30, 5), (5000, 30, 5)],
)
def test_short_passes_are_made_more_often_for_some_1500_steps(batches, epochs, patience):
    settled = SequenceOptions().settled(batches)
    assert (settled.epochs, settled.patience) == (epochs, patience)


def test_a_task_has_its_own_number_of_passes():
    assert TaggerOptions().settled(1000).epochs == 15
    assert TaggerOptions().settled(20).epochs == 75


def test_what_was_chosen_stays():
    chosen = SequenceOptions(epochs=3, patience=2)
    assert chosen.settled(1) == chosen
    assert SequenceOptions(patience=None).settled(1).patience is None
