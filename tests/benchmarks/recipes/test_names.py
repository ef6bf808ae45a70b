from __future__ import annotations

from benchmarks.recipes.names import split
from tidegate.data.labelled_values import labelled_values


def test_names_are_split_by_class_without_overlap():
    labels = ["a"] * 100 + ["b"] * 40
    parts = split(labelled_values([f"name {number}" for number in range(140)], labels))
    assert [(part.targets.count("a"), part.targets.count("b")) for part in parts] == [(80, 32), (10, 4), (10, 4)]
    assert len({text for part in parts for text in part.inputs}) == 140
