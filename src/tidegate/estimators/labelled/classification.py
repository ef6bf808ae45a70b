"""Predicted classes beside the true ones, and all that is counted of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Classification:
    """True classes [N] as numbers and probabilities [N, C]; `names` of the C classes."""

    names: list[str]
    truth: Numbers
    probabilities: Array

    @property
    def predicted(self) -> Numbers:
        """The likeliest class of each example, [N]."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def metrics(self) -> dict[str, float]:
        """accuracy; f1, the mean over classes (macro); f1_weighted, by how often they occur; log_loss, in nats.

        F1 is over the classes that occur, in truth or prediction, as scikit-learn has it.
        """
        from sklearn.metrics import accuracy_score, f1_score, log_loss

        truth, predicted = self.truth, self.predicted
        return {
            "accuracy": float(accuracy_score(truth, predicted)),
            "f1": float(f1_score(truth, predicted, average="macro", zero_division=0)),
            "f1_weighted": float(f1_score(truth, predicted, average="weighted", zero_division=0)),
            "log_loss": float(log_loss(truth, self.probabilities, labels=np.arange(len(self.names)))),
        }

    @property
    def confusion(self) -> Array:
        """Counts [C, C]: truth by row, prediction by column."""
        counts = np.zeros((len(self.names), len(self.names)))
        np.add.at(counts, (self.truth, self.predicted), 1)
        return counts

    @property
    def by_class(self) -> list[tuple[str, float, float, float, int]]:
        """For each class its name, precision, recall and f1 (0 where not defined), and how many examples it has."""
        from sklearn.metrics import precision_recall_fscore_support

        labels = np.arange(len(self.names))
        columns = precision_recall_fscore_support(self.truth, self.predicted, labels=labels, zero_division=0)
        return list(zip(self.names, *(column.tolist() for column in columns), strict=True))
