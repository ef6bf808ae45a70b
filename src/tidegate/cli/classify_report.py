"""What the report of a classifier or a regressor tells beside the usual."""

from __future__ import annotations

from typing import Any

import numpy as np

from tidegate.cli.fit_task import Scored
from tidegate.report.matrix import confusion_chart
from tidegate.report.scatter import scatter_chart
from tidegate.report.task_facts import Section, Table

_MOST_CONFUSED = 10


def class_sections(estimator: Any, scored: Scored) -> list[Section]:  # noqa: ARG001 - every task's sections take both
    """The confusion matrix, what is taken for what most often, and the scores of each class."""
    found = scored.assessment
    header = ["class", "precision", "recall", "f1", "examples"]
    return [
        Section("Confusion matrix", charts=[confusion_chart(found.confusion, found.names)], tables=_confused(found)),
        Section(
            "By class",
            f"Each class against all others, on {scored.part} data.",
            tables=[Table("By class", header, found.by_class)],
        ),
    ]


def number_sections(estimator: Any, scored: Scored) -> list[Section]:  # noqa: ARG001 - every task's sections take both
    """Truth against prediction."""
    found = scored.assessment
    return [Section("Truth and prediction", charts=[scatter_chart(found.truth, found.predicted)])]


def _confused(found: Any) -> list[Table]:
    """The commonest mistakes, where there are more classes than one sees at a glance."""
    wrong = found.confusion.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_CONFUSED]
    pairs = [divmod(int(place), len(found.names)) for place in order]
    rows = [(found.names[true], found.names[told], int(wrong[true, told])) for true, told in pairs if wrong[true, told]]
    return (
        [Table("Commonest mistakes", ["truth", "prediction", "examples"], rows)]
        if len(found.names) > 2 and rows
        else []
    )
