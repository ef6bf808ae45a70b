"""SequenceClassifier: one class for each text or series."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.classes import Classes
from tidegate.data.labelled import Labelled
from tidegate.estimators.labelled.classification import Classification
from tidegate.estimators.labelled.input_preparation import InputPreparation, fit_inputs, inputs_from_state, inputs_state
from tidegate.estimators.labelled.labelled_estimator import LabelledEstimator
from tidegate.estimators.labelled.labelled_options import ClassifierOptions
from tidegate.training.criteria import CrossEntropy
from tidegate.training.objective import Supervised
from tidegate.training.seeding import generator

Array = NDArray[Any]


@dataclass(frozen=True)
class ClassifierPreparation:
    """Inputs as the network reads them, classes as numbers, and how often each occurs in the training part."""

    inputs: InputPreparation
    classes: Classes
    counts: tuple[int, ...]

    @property
    def outputs(self) -> int:
        return len(self.classes)

    def targets(self, records: Labelled, /) -> Array:
        return self.classes.encode(records)

    def state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        told = {"classes": self.classes.state(), "counts": list(self.counts)}
        return {**inputs_state(self.inputs), **told}, self.inputs.arrays()

    @classmethod
    def from_state(cls, state: Mapping[str, Any], arrays: Mapping[str, Array], /) -> ClassifierPreparation:
        return cls(inputs_from_state(state, arrays), Classes.from_state(state["classes"]), tuple(state["counts"]))


class SequenceClassifier(LabelledEstimator[ClassifierOptions, ClassifierPreparation]):
    """Tells the class of texts or of series of one or many channels, of equal or unequal lengths.

    `cell` is one of "rnn", "gru", "lstm", "mingru", "minlstm"; all other options are keywords, listed and explained in
    `ClassifierOptions`, `LabelledOptions`, `TextOptions`, `SequenceOptions`, `EncoderOptions` and `TrainingSettings`.

    X: a list of texts; a list of arrays [T_i] or [T_i, C]; an array [N, T] or [N, T, C]; a frame with columns "text"
    and "label", or "id", "label" and channels; or the path of a file or folder, as `tidegate.data.labelled_files` reads
    them. y: a label for each, all text or all whole numbers.
    """

    KIND = "classifier"
    SCORE = "accuracy"
    OPTIONS = ClassifierOptions
    PREPARATION = ClassifierPreparation

    @property
    def classes_(self) -> Array:
        """The classes [C] in the order of `predict_proba`."""
        return self.fitted.preparation.classes.array

    def predict(self, X: Any) -> Array:
        """The likeliest class of each example, [N]."""
        return self.fitted.preparation.classes.decode(self.predict_proba(X).argmax(axis=1))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """The probability of each class, [N, C], in the order of `classes_`."""
        return self._probabilities(self._records(X, labelled=False))

    def assess(self, X: Any, y: Any = None) -> Classification:
        classes = self.fitted.preparation.classes
        records = self._records(X, y)
        return Classification(classes.names, classes.encode(records), self._probabilities(records))

    def _prediction_columns(self, records: Labelled) -> dict[str, Any]:
        """ "prediction", "probability" of it, and "p_CLASS" for each class."""
        classes, probabilities = self.fitted.preparation.classes, self._probabilities(records)
        best = probabilities.argmax(axis=1)
        told = {"prediction": classes.decode(best).tolist(), "probability": probabilities.max(axis=1)}
        return told | {f"p_{name}": probabilities[:, place] for place, name in enumerate(classes.names)}

    def hold_out(self, records: Labelled) -> tuple[Labelled, Labelled | None]:
        """The share of all examples, spread over the classes; of each at least one example is learnt from."""
        classes = Classes.fit(records).encode(records)
        order = generator(self.options.seed, "split").permutation(len(records))
        groups = [order[classes[order] == number] for number in np.unique(classes)]
        counts = _held_of_each(np.array([len(group) for group in groups]), self.options.validation)
        held = [group[:count] for group, count in zip(groups, counts, strict=True)]
        chosen = np.isin(np.arange(len(records)), np.concatenate(held))
        training, watched = np.flatnonzero(~chosen), np.flatnonzero(chosen)
        return records.take(training), records.take(watched) if len(watched) else None

    def _known_classes(self) -> Collection[str]:
        return () if self._fitted is None else self._fitted.preparation.classes.names

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags

        tags = super().__sklearn_tags__()
        tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags()
        return tags

    def _probabilities(self, records: Labelled) -> NDArray[np.float64]:
        logits = self._told(records)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def _prepare(self, training: Labelled) -> ClassifierPreparation:
        classes = Classes.fit(training)
        counts = np.bincount(classes.encode(training), minlength=len(classes))
        return ClassifierPreparation(fit_inputs(training, self.options), classes, tuple(counts.tolist()))

    def _objective(self, preparation: ClassifierPreparation) -> Supervised:
        weights = preparation.classes.weights(self.options.class_weight, np.array(preparation.counts))
        watched = CrossEntropy(weights=weights)
        return Supervised(replace(watched, label_smoothing=self.options.label_smoothing), watched=watched)


def _held_of_each(sizes: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """How many examples are held out of classes of these sizes: the share of all of them, by largest remainders."""
    wanted, most = sizes * share, sizes - 1
    held = np.minimum(wanted.astype(np.int64), most)
    total = min(max(round(int(sizes.sum()) * share), 1 if share else 0), int(most.sum()))
    while held.sum() < total:
        held[np.where(held < most, wanted - held, -np.inf).argmax()] += 1
    return held
