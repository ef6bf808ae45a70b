import numpy as np
import polars as pl
import pytest

from tidegate.data.classes import Classes
from tidegate.data.labelled_values import labelled_values
from tidegate.errors import ConfigurationError, DataError


def records(targets):
    return labelled_values([f"text {row}" for row in range(len(targets))], targets)


@pytest.mark.parametrize("targets", [["b", "a", "b"], [3, 1, 3], [True, False, True]])
def test_labels_are_numbered_in_order_and_come_back(targets):
    classes = Classes.fit(records(targets))
    numbers = classes.encode(records(targets))

    assert numbers.tolist() == [1, 0, 1]
    assert classes.decode(numbers).tolist() == targets
    again = Classes.from_state(classes.state())
    assert again == classes


def test_labels_of_a_file_are_found_by_their_text():
    assert Classes.fit(records([3, 1, 3])).encode(records(["1", "3"])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        (["a", "a"], "row 0: all 2 examples have the label 'a'"),
        (["a", 1], r"several kinds \(int, str\)"),
        (["a", None], "row 1: the label is missing"),
        (["a", ""], "row 1: the label is missing"),
        ([1.0, float("nan")], "row 1: the label is missing"),
        (None, "no targets"),
    ],
)
def test_labels_that_make_no_classes_are_told(targets, words):
    with pytest.raises(DataError, match=words):
        Classes.fit(labelled_values(["a", "b"], targets))


def test_a_class_not_met_in_training_is_told_with_its_row():
    with pytest.raises(DataError, match="row 2: class 'c' does not occur in training; known are a, b"):
        Classes.fit(records(["a", "b"])).encode(records(["a", "b", "c"]))


def test_the_column_of_a_label_is_told_where_there_is_one():
    series = pl.DataFrame({"id": [1, 1, 2], "x": [1.0, 2.0, 3.0], "label": ["a", "a", "z"]})
    with pytest.raises(DataError, match="row 2, column 'label': class 'z' does not occur in training"):
        Classes.fit(records(["a", "b"])).encode(labelled_values(series))
    with pytest.raises(DataError, match=r"^row 2: class 'z' does not occur in training"):
        Classes.fit(records(["a", "b"])).encode(labelled_values(series, ["a", "z"]))


def test_weights_are_one_on_average_over_the_examples():
    classes, counts = Classes.fit(records(["a", "b", "c"])), np.array([10, 5, 1])
    balanced = np.array(classes.weights("balanced", counts))
    given = np.array(classes.weights({"c": 8.0}, counts))

    np.testing.assert_allclose(balanced * counts, balanced[0] * counts[0])  # each class counts as much
    np.testing.assert_allclose([balanced @ counts, given @ counts], 16)
    np.testing.assert_allclose(given / given[0], [1, 1, 8])
    assert classes.weights(None, counts) is None
    with pytest.raises(ConfigurationError, match="there is no class 'd'; there are a, b, c"):
        classes.weights({"d": 1.0}, counts)


def test_a_single_example_is_told_as_one():
    with pytest.raises(DataError, match="row 0: the only example has the label 'a'; a classifier needs two classes"):
        Classes.fit(records(["a"]))
