"""SequenceTagger: a tag for every token of a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import Tensor, nn

from tidegate.data.conll import ConllFile
from tidegate.data.table import read_table
from tidegate.data.tag_files import file_format, open_tagged
from tidegate.data.tagged import Tagged, from_lists
from tidegate.data.token_table import TokenTable
from tidegate.errors import ConfigurationError, DataError
from tidegate.estimators.sequence_batches import predicted
from tidegate.estimators.sequence_estimator import SequenceEstimator
from tidegate.estimators.tagging.tag_scores import TagAssessment
from tidegate.estimators.tagging.tagged_examples import TaggedExamples
from tidegate.estimators.tagging.tagger_options import TaggerOptions
from tidegate.estimators.tagging.tagging_objective import TaggingObjective
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation
from tidegate.models.tagger import TagBatch, TaggerNetwork, TaggerShape

Source = str | PathLike[str]


class SequenceTagger(SequenceEstimator[TaggerOptions, TaggingPreparation, Tagged]):
    """Tags tokens: parts of speech, chunks, names, whatever there is one of for each token.

    Words are read as vectors and as spelt, from both ends, and tags are told one by one or, by a conditional random
    field, all of a sentence together (Lample et al. 2016, arXiv:1603.01360). `cell` is one of "rnn", "gru", "lstm",
    "mingru", "minlstm"; all other options are keywords, explained in `TaggerOptions`, `EncoderOptions` and
    `TrainingSettings`. Tags that write spans (IOB1, IOB2, BIOES) are recognised, and decoding keeps to their scheme.

    X is a list of lists of tokens with y, a list of lists of tags; a frame with columns "sentence", "token" and "tag";
    or a file's path: CoNLL (columns by white space), CoNLL-U, or such a table.
    """

    KIND = "tagger"
    SCORE = "accuracy"
    OPTIONS = TaggerOptions
    PREPARATION = TaggingPreparation
    RECORDS = Tagged

    @property
    def classes_(self) -> NDArray[np.str_]:
        """The tags, in the order of `predict_proba`."""
        return np.array(self.fitted.preparation.tags)

    def predict(self, X: Any) -> list[list[str]]:
        """A list of tags for each sentence; whatever tags X has are not looked at."""
        records = self._records(X, labelled=False)
        rules = self.fitted.preparation.rules()

        def best(network: nn.Module, batch: TagBatch) -> Tensor:
            found = _tagger(network)
            return found.decode(found(batch), batch.lengths, rules)

        tags = self.fitted.preparation.tags
        return [[tags[place] for place in row.tolist()] for row in self._rows(records, best)]

    def predict_proba(self, X: Any) -> list[NDArray[np.float32]]:
        """For each sentence the probability of each tag at each token, [T, K] in the order of `classes_`.

        Of a random field these are marginals: over all paths, none of which is forbidden.
        """

        def shares(network: nn.Module, batch: TagBatch) -> Tensor:
            found = _tagger(network)
            return found.probabilities(found(batch), batch.lengths)

        return self._rows(self._records(X, labelled=False), shares)

    def assess(self, X: Any, y: Any = None) -> TagAssessment:
        """Predictions beside the truth. Raises DataError where X has no tags, or none that training has met.

        Some tags that training has not met are no error, as published data have such: they count as told wrongly.
        """
        records = self._records(X, y)
        preparation = self.fitted.preparation
        _require_known(records, preparation.tags)
        return TagAssessment(records, self.predict(records), preparation)

    def prediction_frame(self, X: Any) -> pl.DataFrame:
        """One row for each token: sentence, token, tag, in columns called as in a table of tokens; else by these names.

        Sentences are called as the table calls them; of others the number is told, from 0.
        """
        records = self._records(X, labelled=False)
        rows = zip(records.sentences, self.predict(records), strict=True)
        told = [
            (number if one.id is None else one.id, token, tag)
            for number, (one, tags) in enumerate(rows)
            for token, tag in zip(one.tokens, tags, strict=True)
        ]
        named = records.names if records.names.get("format") == "table" else {}
        columns = [named.get(part, part) for part in ("sentence", "token", "tag")]
        kinds = (pl.String if named else pl.Int64, pl.String, pl.String)
        return pl.DataFrame(told, schema=dict(zip(columns, kinds, strict=True)), orient="row")

    def prediction_text(self, path: Source, names: Mapping[str, str] | None = None) -> str:
        """A CoNLL or CoNLL-U file with its tags predicted, all else as it stood; `names` as `read` takes them.

        Raises ConfigurationError for a table, of which `prediction_frame` makes another.
        """
        file = open_tagged(Path(path), self._named(Path(path), names), tagged=False)
        if not isinstance(file, ConllFile):
            raise ConfigurationError(f"{path}: predictions for a table are a table: write them to a .csv or .parquet")
        return file.with_tags(self.predict(file.read(tagged=False)))

    def read(self, path: Source, names: Mapping[str, str] | None = None, *, labelled: bool = True) -> Tagged:
        """The sentences of a file; `names` tell the columns "token", "tag" and, of a table, "sentence".

        By default they are those of training, if that was a file of the same kind. labelled: False asks for no tags.
        """
        return self._read_file(Path(path), self._named(Path(path), names), labelled)

    def _named(self, path: Path, names: Mapping[str, str] | None) -> dict[str, str]:
        """The columns named, and for all else those of training, if that was a file of the same kind."""
        known = dict({} if self._fitted is None else self._fitted.names)
        if known.pop("format", None) != file_format(path):
            known = {}
        if names:
            known.pop("columns", None)  # whoever names columns says where they are, also among others than in training
        return {**known, **(names or {})}

    def _given(self, X: Any, y: Any) -> Tagged:
        if not hasattr(X, "columns"):
            return from_lists(X, y)
        if y is not None:
            raise ConfigurationError("a frame of tokens holds their tags itself; give no y beside it")
        return TokenTable.of(read_table(X)).read()

    def _read_file(self, path: Path, names: Mapping[str, str], labelled: bool) -> Tagged:
        return open_tagged(path, names, tagged=labelled).read(tagged=labelled)

    def _prepare(self, training: Tagged) -> TaggingPreparation:
        return TaggingPreparation.fit(training, lowercase=self.options.lowercase, min_count=self.options.min_count)

    def _network(self, options: TaggerOptions, preparation: TaggingPreparation) -> TaggerNetwork:
        shape = TaggerShape(
            words=preparation.kept,
            characters=len(preparation.characters) if options.characters == "recurrent" else 0,
            tags=len(preparation.tags),
            embedding_size=options.embedding_size,
            character_size=options.character_size,
            character_hidden=options.character_hidden,
            embedding_dropout=options.embedding_dropout,
            word_dropout=options.word_dropout,
            decoder=_decoder(options, preparation),
        )
        return TaggerNetwork(shape, options)

    def _settled(self, options: TaggerOptions, preparation: TaggingPreparation) -> TaggerOptions:
        return options.model_copy(update={"decoder": _decoder(options, preparation)})

    def _objective(self, _preparation: TaggingPreparation) -> TaggingObjective:
        return TaggingObjective()

    def _examples(self, preparation: TaggingPreparation, records: Tagged) -> TaggedExamples:
        return TaggedExamples.of(records.sentences, preparation)

    def _require_scorable(self, preparation: TaggingPreparation, records: Tagged) -> None:
        _require_known(records, preparation.tags)

    def _notes(self, preparation: TaggingPreparation, _records: Tagged) -> tuple[str, ...]:
        rare = len(preparation.words) - preparation.kept
        notes = []
        if preparation.scheme:
            notes.append(f"the tags write spans (scheme {preparation.scheme}); they are scored as conlleval does")
        if rare:
            told = (
                f"{rare:,} of {len(preparation.words) - 2:,} distinct words occur fewer than {self.options.min_count}"
            )
            alone = "" if self.options.characters == "none" else ", and differ by their spelling alone"
            notes.append(f"{told} times: they share one vector{alone}")
        return tuple(notes)

    def _rows(self, records: Tagged, predict: Any) -> list[NDArray[Any]]:
        """What `predict` says of each sentence, without the padding, in the order of the sentences."""
        examples = self._examples(self.fitted.preparation, records)
        found: list[NDArray[Any]] = [np.zeros(0)] * len(records)
        for rows, answer in predicted(self.fitted.network, examples, predict):
            for row, values in zip(rows, answer.numpy(), strict=True):
                found[row] = values[: examples.lengths[row]]
        return found


def _decoder(options: TaggerOptions, preparation: TaggingPreparation) -> Literal["softmax", "crf"]:
    if options.decoder == "auto":
        return "crf" if preparation.scheme else "softmax"
    return options.decoder


def _require_known(records: Tagged, learnt: Collection[str]) -> None:
    records.require_tags()
    if {tag for one in records.sentences for tag in one.tags}.isdisjoint(learnt):
        first, known = records.sentences[0], ", ".join(sorted(learnt)[:5])
        raise DataError(f"{first.place}: no tag ('{first.tags[0]}' …) is one of those learnt ({known} …)")


def _tagger(network: nn.Module) -> TaggerNetwork:
    assert isinstance(network, TaggerNetwork)
    return network
