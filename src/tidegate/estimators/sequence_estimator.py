"""What all estimators of sequences have in common; each supplies the pieces that make its task."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Generic, Self

import numpy as np
from torch import nn

from tidegate.errors import ConfigurationError, DataError, NotFittedError
from tidegate.estimators.conventions import Estimator
from tidegate.estimators.options import validated
from tidegate.estimators.sequence_batches import Sortable
from tidegate.estimators.sequence_file import read_sequence, write_sequence
from tidegate.estimators.sequence_fitted import Assessment, FittedSequence, OptionsT, PreparationT, RecordsT
from tidegate.models.encoder import check_encoder
from tidegate.training.carrying import AnyObjective
from tidegate.training.examples import Examples, epoch_batches
from tidegate.training.history import History
from tidegate.training.loop import train
from tidegate.training.progress import Reporter
from tidegate.training.seeding import generator, seeded

Source = str | PathLike[str]


class SequenceEstimator(Estimator[OptionsT], Generic[OptionsT, PreparationT, RecordsT]):
    """fit, evaluate, save and load, and scikit-learn's conventions, for any task on sequences.

    A task supplies what it is called in files (KIND), its options, its preparation and records, which of its metrics is
    its score (SCORE, or a `score` of its own), how many of the examples held out it takes to choose an epoch by
    (FEWEST_WATCHED; fewer are only scored), and the methods marked abstract. Unknown or impossible options raise
    ConfigurationError.
    """

    KIND: ClassVar[str]
    SCORE: ClassVar[str]
    FEWEST_WATCHED: ClassVar[int] = 1
    OPTIONS: type[OptionsT]
    PREPARATION: type[PreparationT]
    RECORDS: type[RecordsT]

    def __init__(self, cell: str = "gru", **options: Any) -> None:
        self.options: OptionsT = self._checked({"cell": cell, **options})
        self._fitted: FittedSequence[OptionsT, PreparationT] | None = None

    @property
    def fitted(self) -> FittedSequence[OptionsT, PreparationT]:
        """What training left behind. Raises NotFittedError before `fit`."""
        if self._fitted is None:
            raise NotFittedError(f"this {type(self).__name__} is not trained yet; call fit first")
        return self._fitted

    @property
    def history_(self) -> History:
        """Loss, learning rate and seconds of each epoch."""
        return self.fitted.history

    @property
    def notes_(self) -> tuple[str, ...]:
        """What was noticed in the training data, and what was left out of them by request."""
        return self.fitted.notes

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        valid: Any = None,
        test: Any = None,
        directory: Source | None = None,
        resume: bool = False,
        reporter: Reporter | None = None,
    ) -> Self:
        """Trains on examples X with targets y; a file's path, or what `read` gave, holds both.

        valid: as X, or a pair (X, y); it decides when to stop. Without it a share of X (option `validation`) does.
        test: as `valid`; it is only seen to be such that it can be scored afterwards, before any time is spent.
        With `directory` the state of training is kept there, and `resume` goes on from it, bit for bit as if it had
        never stopped. `reporter` shows progress (`tidegate.training.progress`); by default nothing is shown.
        Raises DataError for data that cannot be used, TrainingInterrupted after Ctrl-C.
        """
        records = self._records(X, y)
        training, held = self.hold_out(records) if valid is None else (records, self._records(*_pair(valid)))
        preparation = self._prepare(training)
        self._check(preparation, held, None if test is None else self._records(*_pair(test)))
        examples = self._examples(preparation, training)
        passes = epoch_batches(examples, self.options.batch_size, self.options.seed, 0)
        options = self._settled(self.options.settled(len(passes)), preparation)
        network = self._untrained(options, preparation)
        watched = held if valid is not None or len(held or ()) >= self.FEWEST_WATCHED else None
        history = train(
            network,
            self._objective(preparation),
            examples,
            None if watched is None else _sorted(self._examples(preparation, watched)),
            options.training_settings(watched=watched is not None),
            directory=directory,
            resume=resume,
            reporter=reporter,
        )
        notes = (*records.notes, *self._notes(preparation, records), *self._training_notes(examples))
        if held is not None and watched is None:
            notes += (_unwatched(len(held), len(history)),)
        self._fitted = FittedSequence(
            options, preparation, network.eval(), history, records.names, notes, records.fingerprint()
        )
        return self

    def read(self, path: Source, names: Mapping[str, str] | None = None, *, labelled: bool = True) -> RecordsT:
        """The examples of a file; `names` tell which column plays which part, by default as in training.

        labelled: False asks for no targets, as for `predict`.
        """
        known = {} if self._fitted is None else self._fitted.names
        return self._read_file(Path(path), {**known, **(names or {})}, labelled)

    def hold_out(self, records: RecordsT) -> tuple[RecordsT, RecordsT | None]:
        """The part that `fit` learns from and the part it watches: a seeded share, one example at least; or None."""
        if not self.options.validation:
            return records, None
        if len(records) < 2:
            told = "one example cannot be both learnt from and watched"
            raise DataError(f"{told}; give more, or hold back none (validation=0)")
        order = generator(self.options.seed, "split").permutation(len(records))
        held = min(max(round(len(records) * self.options.validation), 1), len(records) - 1)
        return records.take(np.sort(order[held:])), records.take(np.sort(order[:held]))

    def evaluate(self, X: Any, y: Any = None) -> dict[str, float]:
        """Scores on examples X with targets y, by the field's names."""
        return self.assess(X, y).metrics

    def score(self, X: Any, y: Any = None) -> float:
        """The score that scikit-learn compares by: greater is better."""
        return self.evaluate(X, y)[self.SCORE]

    @abstractmethod
    def assess(self, X: Any, y: Any = None) -> Assessment:
        """Predictions for X beside the truth y, with all that a report tells of them."""

    @abstractmethod
    def prediction_frame(self, X: Any) -> Any:
        """Predictions as a Polars frame, one row for each example, as `tidegate predict` writes them."""

    def save(self, path: Source, *, metrics: Mapping[str, Any] | None = None) -> Path:
        """Writes one safetensors file, whole or not at all, with all that prediction needs; `metrics` go along."""
        return write_sequence(self.KIND, self.fitted, path, metrics or {})

    @classmethod
    def load(cls, path: Source) -> Self:
        """The estimator that `save` wrote. Raises ArtefactError for anything else."""
        blank = cls()
        fitted = read_sequence(cls.KIND, path, blank.OPTIONS, blank.PREPARATION, blank._untrained)
        estimator = cls(**fitted.options.model_dump())
        estimator._fitted = fitted
        return estimator

    @abstractmethod
    def _given(self, X: Any, y: Any) -> RecordsT:
        """Python values as records, checked. Raises DataError naming the row."""

    @abstractmethod
    def _read_file(self, path: Path, names: Mapping[str, str], labelled: bool) -> RecordsT:
        """The examples of a file. Raises DataError naming file, line and column."""

    @abstractmethod
    def _prepare(self, training: RecordsT) -> PreparationT:
        """What is fitted on the training part alone."""

    @abstractmethod
    def _network(self, options: OptionsT, preparation: PreparationT) -> nn.Module:
        """A network with freshly drawn weights; options and preparation decide every shape."""

    @abstractmethod
    def _objective(self, preparation: PreparationT) -> AnyObjective:
        """What training makes small."""

    @abstractmethod
    def _examples(self, preparation: PreparationT, records: RecordsT) -> Examples:
        """Records as training takes them. Raises DataError for targets that training has not met."""

    def _settled(self, options: OptionsT, preparation: PreparationT) -> OptionsT:  # noqa: ARG002 - for subclasses
        """The options with what the preparation has decided, where that was left open."""
        return options

    def _require_scorable(self, preparation: PreparationT, records: RecordsT) -> None:
        """Raises DataError for what `assess` would refuse, though training can watch it."""

    def _notes(self, preparation: PreparationT, records: RecordsT) -> tuple[str, ...]:  # noqa: ARG002 - for subclasses
        """What preparation left out or changed, counted, in sentences."""
        return ()

    def _training_notes(self, examples: Any) -> tuple[str, ...]:  # noqa: ARG002 - for subclasses
        """What is otherwise than was asked for in how the examples are taken, in sentences."""
        return ()

    def _records(self, X: Any, y: Any = None, *, labelled: bool = True) -> RecordsT:
        if isinstance(X, self.RECORDS):
            return X
        if isinstance(X, str | os.PathLike):
            if y is not None:
                raise ConfigurationError(f"{X}: a file holds its targets itself; give no y beside it")
            return self.read(X, labelled=labelled)
        return self._given(X, y)

    def _check(self, preparation: PreparationT, held: RecordsT | None, test: RecordsT | None) -> None:
        for records in (held, test):
            if records is not None:
                self._require_scorable(preparation, records)
        if test is not None:
            self._examples(preparation, test)

    def _untrained(self, options: OptionsT, preparation: PreparationT) -> nn.Module:
        with seeded(options.seed):
            return self._network(options, preparation)

    def _checked(self, values: Mapping[str, Any]) -> OptionsT:
        options = validated(self.OPTIONS, values)
        check_encoder(options)
        return options


def _pair(valid: Any) -> tuple[Any, Any]:
    return valid if isinstance(valid, tuple) else (valid, None)


def _unwatched(held: int, epochs: int) -> str:
    few = f"the {held:,} examples held out are" if held > 1 else "the one example held out is"
    return f"{few} too few to choose an epoch by: the network is that of the last of all {epochs:,} epochs"


def _sorted(examples: Examples) -> Examples:
    return examples.by_length() if isinstance(examples, Sortable) else examples
