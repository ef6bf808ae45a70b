"""What the report of a classifier or a regressor tells beside the usual."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.cli.gate_report import MOST_STEPS, attended, by_step, gate_sections
from tidegate.cli.task_run import Scored
from tidegate.data.labelled import Labelled
from tidegate.estimators.labelled.classification import Classification
from tidegate.estimators.labelled.input_preparation import InputPreparation, TextPreparation
from tidegate.estimators.labelled.regression import NumberPredictions
from tidegate.report import scatter
from tidegate.report.charts import residual_histogram
from tidegate.report.matrix import confusion_chart
from tidegate.report.scatter import scatter_chart
from tidegate.report.svg import Drawn
from tidegate.report.task_facts import Section, Table

_MOST_CONFUSED, _MOST_MISTAKES = 10, 10
_MOST_LETTERS = 100


def class_sections(estimator: Any, scored: Scored) -> list[Section]:
    """What is taken for what, each class for itself, the surest mistakes, how sure it is, and what goes on inside."""
    found: Classification = scored.assessment
    header = ["class", "precision", "recall", "f1", "examples"]
    return [
        Section("Confusion matrix", charts=[confusion_chart(found.confusion, found.names)], tables=_confused(found)),
        Section(
            "By class",
            f"Each class against all others, on {scored.part} data.",
            tables=[Table("By class", header, found.by_class)],
        ),
        *_mistakes(found, scored.records),
        Section(
            "How sure it is",
            "Well-made probabilities are right as often as they promise: accuracy near the mean probability.",
            tables=[Table("How sure it is", ["probability", "mean", "accuracy", "examples"], _sureness(found))],
        ),
        *inside(estimator, scored),
    ]


def number_sections(estimator: Any, scored: Scored) -> list[Section]:
    """Truth against prediction, what is left between them, and what goes on inside."""
    found: NumberPredictions = scored.assessment
    pair = Drawn(
        scatter_chart(found.truth, found.predicted), scatter_chart(found.truth, found.predicted, scatter.NARROW)
    )
    left = residual_histogram(found.truth - found.predicted, "prediction")
    return [
        Section("Truth and prediction", charts=[pair]),
        Section("Residuals", charts=[left]),
        *inside(estimator, scored),
    ]


def inside(estimator: Any, scored: Scored) -> list[Section]:
    """The gates over the first example, and where pooling is by attention, what it attends to."""
    first = scored.records.take(np.arange(1))
    names = _tokens(estimator.fitted.preparation.inputs, first)
    told = f"the first example of {scored.part} data"
    sections = gate_sections(estimator.fitted.network.encoder, partial(estimator.assess, first), names, told)
    if estimator.fitted.options.pooling == "attention":
        sections.append(_attention(estimator, first, names, told))
    return sections


def _attention(estimator: Any, first: Labelled, names: Sequence[str], told: str) -> Section:
    shares = attended(estimator.fitted.network.pooling, partial(estimator.assess, first))[:MOST_STEPS]
    words = f"What share of the attention each step of {told} gets; all steps together get 1."
    chart = by_step("What is attended to", {"attention": shares}, names)
    return Section("What is attended to", words, charts=[chart])


def _tokens(inputs: InputPreparation, first: Labelled) -> list[str]:
    """Those that the network reads of a text, unknown ones as such; the steps of a series have no names."""
    if not isinstance(inputs, TextPreparation):
        return []
    return inputs.vocabulary.decode(inputs.sequences(first)[0].tolist())[:MOST_STEPS]


def _mistakes(found: Classification, records: Labelled) -> list[Section]:
    """Those of which it was surest."""
    sure = found.probabilities.max(axis=1)
    wrong = np.flatnonzero(found.predicted != found.truth)
    worst = wrong[np.argsort(-sure[wrong], kind="stable")][:_MOST_MISTAKES]
    if not len(worst):
        return []
    rows = [
        (_shown(records, row), found.names[found.truth[row]], found.names[found.predicted[row]], float(sure[row]))
        for row in worst.tolist()
    ]
    words = f"Of {len(wrong):,} mistakes those of which it was surest."
    table = Table("Surest mistakes", ["example", "truth", "prediction", "probability"], rows)
    return [Section("Surest mistakes", words, tables=[table])]


def _shown(records: Labelled, row: int) -> str:
    """A text itself, shortened; of a series where it stands."""
    given = records.inputs[row]
    return (
        textwrap.shorten(given, _MOST_LETTERS, placeholder=" …")
        if isinstance(given, str)
        else Path(records.places[row]).name
    )


def _sureness(found: Classification) -> list[tuple[str, float, float, int]]:
    """For each tenth of probability that occurs its mean, the accuracy, and how many examples fall into it."""
    sure, right = found.probabilities.max(axis=1), found.predicted == found.truth
    tenths = np.minimum((10 * sure).astype(int), 9)
    rows = []
    for tenth in np.unique(tenths).tolist():
        group = tenths == tenth
        means = float(sure[group].mean()), float(right[group].mean())
        rows.append((f"{10 * tenth} to {10 * tenth + 10} %", *means, int(group.sum())))
    return rows


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
