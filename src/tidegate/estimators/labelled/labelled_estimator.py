"""What classifier and regressor share: all but what is made of the numbers told of a sequence."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import nn

from tidegate.data.counted import counted
from tidegate.data.labelled import Labelled
from tidegate.data.labelled_files import read_labelled
from tidegate.data.labelled_values import labelled_values
from tidegate.errors import DataError
from tidegate.estimators.labelled.input_preparation import InputPreparation, TextPreparation, missing_values
from tidegate.estimators.labelled.labelled_options import LabelledOptions
from tidegate.estimators.sequence_batches import SequenceExamples, predicted
from tidegate.estimators.sequence_estimator import SequenceEstimator
from tidegate.models.classifier import ClassifierNetwork, ClassifierShape

Array = NDArray[Any]


class LabelledPreparation(Protocol):
    """What was fitted on the training part: how inputs are read, and how targets are."""

    @property
    def inputs(self) -> InputPreparation: ...

    @property
    def outputs(self) -> int:
        """Numbers that the network tells of each sequence."""

    def targets(self, records: Labelled, /) -> Array:
        """Targets [N] as the objective takes them."""

    def state(self) -> tuple[dict[str, Any], dict[str, Array]]: ...

    @classmethod
    def from_state(cls, state: Mapping[str, Any], arrays: Mapping[str, Array], /) -> Self: ...


OptionsT = TypeVar("OptionsT", bound=LabelledOptions)
PreparationT = TypeVar("PreparationT", bound=LabelledPreparation)


class LabelledEstimator(SequenceEstimator[OptionsT, PreparationT, Labelled]):
    """Reads texts or series, and tells some numbers of each."""

    RECORDS = Labelled
    FEWEST_WATCHED = 20

    def _records(self, X: Any, y: Any = None, *, labelled: bool = True) -> Labelled:
        if hasattr(X, "columns"):  # a frame, whose labels may be absent where none are needed
            return labelled_values(X, y, labelled=labelled)
        return super()._records(X, y, labelled=labelled)

    def _given(self, X: Any, y: Any) -> Labelled:
        return labelled_values(X, y)

    def _read_file(self, path: Path, names: Mapping[str, str], labelled: bool) -> Labelled:
        return read_labelled(path, names, labelled=labelled, classes=self._known_classes())

    def _known_classes(self) -> Collection[str]:
        """The classes, where they are known: by them a file without a header tells its labels from its texts."""
        return ()

    def prediction_frame(self, X: Any) -> pl.DataFrame:
        """A row for each example: of a long table of series its id, under its name there, then what is predicted."""
        records = self._records(X, labelled=False)
        told = self._prediction_columns(records)
        if not records.ids:
            return pl.DataFrame(told)
        id = records.names["id"]
        if id in told:
            raise DataError(f"column '{id}' holds the ids, but a column of predictions is called so; rename it")
        return pl.DataFrame({id: records.ids, **told})

    @abstractmethod
    def _prediction_columns(self, records: Labelled) -> dict[str, Any]:
        """What is predicted for each example, by name of column."""

    def _network(self, options: OptionsT, preparation: PreparationT) -> nn.Module:
        inputs = preparation.inputs
        texts = isinstance(inputs, TextPreparation)
        shape = ClassifierShape(
            tokens=len(inputs.vocabulary) if isinstance(inputs, TextPreparation) else 0,
            width=options.embedding_size if isinstance(inputs, TextPreparation) else inputs.width,
            outputs=preparation.outputs,
            projection=0 if texts else options.projection,
            pooling=options.pooling,
            output_dropout=options.output_dropout,
            embedding_dropout=options.embedding_dropout,
            word_dropout=options.word_dropout,
        )
        return ClassifierNetwork(shape, options)

    def _examples(self, preparation: PreparationT, records: Labelled) -> SequenceExamples:
        return SequenceExamples(preparation.inputs.sequences(records), preparation.targets(records))

    def _settled(self, options: OptionsT, preparation: PreparationT) -> OptionsT:
        read = preparation.inputs
        if not isinstance(read, TextPreparation):
            return options
        return options.model_copy(update={"tokenizer": read.tokenizer.kind})

    def _notes(self, preparation: PreparationT, records: Labelled) -> tuple[str, ...]:
        notes = []
        if cut := preparation.inputs.cut(records):
            inputs, unit = preparation.inputs, "token" if records.kind == "texts" else "step"
            told = f"{cut:,} of {counted(len(records), 'example')} {_are(cut)} longer than max_length"
            read = f"{counted(inputs.max_length or 0, unit)} {_are(inputs.max_length or 0)} read"
            notes.append(f"{told}: of {'it' if cut == 1 else 'them'} the {inputs.keep} {read}.")
        if records.kind == "series" and (missing := missing_values(records.inputs)):
            notes.append(f"{counted(missing, 'value')} {_are(missing)} missing; the network is told which.")
        return tuple(notes)

    def _told(self, records: Labelled) -> NDArray[np.float64]:
        """What the network says of each example, [N, outputs]."""
        fitted = self.fitted
        examples = SequenceExamples(fitted.preparation.inputs.sequences(records), np.zeros(len(records)))
        told = np.empty((len(records), fitted.preparation.outputs))
        for rows, answer in predicted(fitted.network, examples):
            told[rows] = answer.numpy()
        return told

    @abstractmethod
    def predict(self, X: Any) -> Array:
        """What is predicted for each example, [N]."""


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
