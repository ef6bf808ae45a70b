"""Translator: from any sequence to another, of another length and order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from torch import nn

from tidegate.data.pair_files import read_pairs
from tidegate.data.pairs import Pairs, from_lists
from tidegate.errors import ConfigurationError
from tidegate.estimators.sequence_estimator import SequenceEstimator, Source
from tidegate.estimators.translation.translating import Engine, Translation
from tidegate.estimators.translation.translation_assessment import TranslationAssessment
from tidegate.estimators.translation.translation_examples import TranslationExamples, TranslationObjective
from tidegate.estimators.translation.translation_options import TranslationOptions
from tidegate.estimators.translation.translation_preparation import TranslationPreparation
from tidegate.models.translator import Sizes, TranslatorNetwork
from tidegate.training.loop import evaluate


class Translator(SequenceEstimator[TranslationOptions, TranslationPreparation, Pairs]):
    """Translates sequences with an encoder, a decoder and attention between them.

    X and y are lists of texts, or of token lists, or X is the path of a file (`tidegate.data.pair_files.read_pairs`)
    that holds both. `cell` is one of "rnn", "gru", "lstm", "mingru", "minlstm"; all other options are keywords, listed
    and explained in `TranslationOptions` and the classes it is made of. Unknown or impossible ones raise
    ConfigurationError.
    """

    KIND = "translator"
    SCORE = "bleu"
    OPTIONS = TranslationOptions
    PREPARATION = TranslationPreparation
    RECORDS = Pairs
    TEXT_OF_ANY_NAME = True  # `tidegate predict` need not write a table: a file of another ending has lines of text

    def predict(self, X: Any, *, beam_size: int | None = None, length_penalty: float | None = None) -> list[Any]:
        """The best translation of each source: texts, or token lists if those were trained on.

        beam_size, length_penalty: as in the options, which hold where they are not given.
        """
        return [best.text for [best] in self._found(X, 1, beam_size, length_penalty)]

    def translate(
        self,
        X: Any,
        *,
        n_best: int = 1,
        beam_size: int | None = None,
        length_penalty: float | None = None,
    ) -> list[list[Translation]]:
        """For each source up to `n_best` translations, the best first, with scores, tokens and attention.

        Raises ConfigurationError for more than `beam_size`, which are never looked for.
        """
        size = self.fitted.options.beam_size if beam_size is None else beam_size
        if not 1 <= n_best <= size:
            raise ConfigurationError(f"n_best={n_best}: give 1 to beam_size, which is {size}")
        return self._found(X, n_best, size, length_penalty)

    def assess(self, X: Any, y: Any = None) -> TranslationAssessment:
        """Translations for X beside the references y."""
        pairs = self._records(X, y)
        references = pairs.required_targets()
        self.fitted.preparation.target.require_kind(references, "target")
        translations = [best for [best] in self._found(pairs, 1)]
        examples = self._examples(self.fitted.preparation, pairs)
        nll = evaluate(self.fitted.network, TranslationObjective(), examples.by_length())["loss"]
        return TranslationAssessment(pairs.sources, references, translations, nll)

    def prediction_frame(self, X: Any) -> pl.DataFrame:
        """A row for each source, in columns "source", "translation" and "score"; tokens are joined by spaces."""
        pairs = self._records(X, labelled=False)
        best = [first for [first] in self._found(pairs, 1)]
        rows = {
            "source": [_line(source) for source in pairs.sources],
            "translation": [_line(one.text) for one in best],
            "score": [one.score for one in best],
        }
        return pl.DataFrame(rows, schema={"source": pl.String, "translation": pl.String, "score": pl.Float64})

    def prediction_text(self, path: Source, names: Mapping[str, str] | None = None) -> str:
        """The translations of a file's sources, one a line; a line end within one becomes a space.

        names: as `read` takes them.
        """
        found = self.predict(self.read(path, names, labelled=False))
        return "".join(f"{' '.join(_line(one).splitlines())}\n" for one in found)

    def _found(
        self, X: Any, count: int, beam_size: int | None = None, length_penalty: float | None = None
    ) -> list[list[Translation]]:
        fitted, pairs = self.fitted, self._records(X, labelled=False)
        fitted.preparation.source.require_kind(pairs.sources, "source")
        chosen = {"beam_size": beam_size, "length_penalty": length_penalty}
        given = {name: value for name, value in chosen.items() if value is not None}
        options = self._checked({**fitted.options.model_dump(), **given})
        assert isinstance(fitted.network, TranslatorNetwork)
        return Engine(options, fitted.preparation, fitted.network).translate(pairs.sources, count)

    def _given(self, X: Any, y: Any) -> Pairs:
        return from_lists(X, y)

    def _read_file(self, path: Path, names: Mapping[str, str], labelled: bool) -> Pairs:
        return read_pairs(path, names, targets=labelled, strict=self._fitted is None)

    def _prepare(self, training: Pairs) -> TranslationPreparation:
        return TranslationPreparation.fit(training, self.options, joint=self.options.joint)

    def _network(self, options: TranslationOptions, preparation: TranslationPreparation) -> nn.Module:
        assert options.epochs is not None  # settled
        sizes = Sizes(
            source=len(preparation.source.vocabulary),
            target=len(preparation.target.vocabulary),
            sequences=preparation.pairs * options.epochs,
            shared=preparation.joint,
        )
        return TranslatorNetwork(sizes, options, options, options)

    def _objective(self, preparation: TranslationPreparation) -> TranslationObjective:  # noqa: ARG002 - for overriding
        return TranslationObjective(self.options.label_smoothing)

    def _examples(self, preparation: TranslationPreparation, records: Pairs) -> TranslationExamples:
        source, target = preparation.source, preparation.target
        return TranslationExamples(
            [source.encode(sequence) for sequence in records.sources],
            [target.encode(sequence) for sequence in records.required_targets()],
        )

    def _notes(self, preparation: TranslationPreparation, records: Pairs) -> tuple[str, ...]:
        unknown, tokens = preparation.unknown(records.sources)
        return (f"{unknown:,} of the {tokens:,} tokens of the sources are unknown",) if unknown else ()


def _line(sequence: Any) -> str:
    return sequence if isinstance(sequence, str) else " ".join(sequence)
