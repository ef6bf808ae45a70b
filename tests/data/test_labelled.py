import numpy as np
import pytest

from tidegate.data.labelled import Labelled
from tidegate.data.places import Places
from tidegate.errors import DataError


def labelled(inputs, targets=None):
    return Labelled(inputs, targets, Places.of_rows(len(inputs)))


def test_some_keep_their_places_and_change_the_fingerprint():
    records = labelled(["a", "b", "c"], (1, 2, 3))
    some = records.take(np.array([2, 0]))

    assert (list(some.inputs), some.targets, some.places[0]) == (["c", "a"], (3, 1), "row 2")
    assert some.fingerprint() != records.fingerprint()
    assert records.fingerprint() == labelled(["a", "b", "c"], (1, 2, 3)).fingerprint()
    assert labelled(["ab", "c"]).fingerprint() != labelled(["a", "bc"]).fingerprint()


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ([np.zeros((1, 1))], "1 series of 1 step, 1 channel"),
        ([np.zeros((3, 2))] * 2, "2 series of 3 steps, 2 channels"),
        ([np.zeros((1, 2)), np.zeros((2000, 2))], "2 series of 1 to 2,000 steps, 2 channels"),
        (["a"], "1 text"),
    ],
)
def test_how_much_there_is_is_told_in_a_few_words(inputs, words):
    assert labelled(inputs).summary == words


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ([], "there are no examples"),
        (["a", " \t"], "row 1: the text is empty"),
        (["a", np.zeros((2, 1))], "row 1: a ndarray among texts"),
        ([np.zeros((2, 1)), "a"], "row 1: a text among series"),
        ([np.zeros((2, 1)), np.zeros((0, 1))], "row 1: the series is empty"),
        ([np.zeros((2, 1)), np.full((2, 1), np.inf)], "row 1, channel 0, step 0: the value is not finite"),
        ([np.zeros((2, 3)), np.zeros((2, 1))], "row 1: 1 channel, where row 0 has 3"),
    ],
)
def test_what_is_no_example_is_told_with_its_row(inputs, words):
    with pytest.raises(DataError, match=words):
        labelled(inputs)
