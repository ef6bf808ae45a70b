"""Sections of a classifier's report beside what one sees by hand."""

import numpy as np

from tidegate.cli.classify_report import _mistakes
from tidegate.data.labelled_values import labelled_values
from tidegate.estimators.labelled.classification import Classification


def test_the_surest_mistakes_come_first_and_what_was_right_not_at_all():
    truth = np.array([0, 0, 1, 1, 0])
    of_b = np.array([0.6, 0.2, 0.1, 0.55, 0.95])  # wrong, right, wrong, right, wrong
    found = Classification(("a", "b"), truth, np.stack([1 - of_b, of_b], axis=1))
    [section] = _mistakes(found, labelled_values(["one", "two", "three", "four", "five"], list("aabba")))
    [table] = section.tables
    assert [tuple(row) for row in table.rows] == [
        ("five", "a", "b", 0.95),
        ("three", "b", "a", 0.9),
        ("one", "a", "b", 0.6),
    ]
    assert section.words.startswith("Of 3 mistakes")
