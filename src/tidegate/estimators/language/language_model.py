"""LanguageModel: fit on text, tell how likely text is, write more of it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray

from tidegate.data.corpus import Corpus, as_text, in_order, lines_in_order, read_corpus
from tidegate.data.counted import counted
from tidegate.data.streams import Streams
from tidegate.data.text_coding import TextCoding
from tidegate.data.text_pieces import pieces, until, without_first_space
from tidegate.data.vocabulary import UNKNOWN
from tidegate.errors import ConfigurationError, DataError
from tidegate.estimators.language.language_lines import line_likelihoods
from tidegate.estimators.language.language_options import LanguageOptions, language_options
from tidegate.estimators.language.language_training import LanguageObjective, StreamExamples
from tidegate.estimators.sequence_estimator import SequenceEstimator
from tidegate.models.encoder import EncoderOptions
from tidegate.models.language import LanguageNetwork, LanguageShape
from tidegate.models.sampling import Sampling, continuation
from tidegate.training.loop import evaluate

_STEPS_AT_ONCE = 256


@dataclass(frozen=True)
class LanguageAssessment:
    """How well a text was foretold."""

    metrics: dict[str, float]

    @classmethod
    def of(cls, nats: float, tokens: int, characters: int, **more: float) -> LanguageAssessment:
        """From the mean −ln p of so many tokens that stand for so many characters; `more` are metrics of their own."""
        bits = nats / math.log(2)
        perplexity = math.exp(min(nats, 700.0))  # beyond it lies more than a float can hold
        by_character = bits * tokens / characters
        return cls({"perplexity": perplexity, "bits_per_character": by_character, "bits_per_token": bits, **more})


class LanguageModel(SequenceEstimator[LanguageOptions, TextCoding, Corpus]):
    """Learns which token comes next in a text: characters, words or BPE pieces.

    `cell` is one of "rnn", "gru", "lstm", "mingru", "minlstm"; all other options are keywords, listed and explained in
    `LanguageOptions`, `TextOptions`, `EncoderOptions` and `TrainingSettings`.

    A text is a path, a string, or lines in a list; what is a path among strings, `tidegate.data.corpus.as_text` says.
    It is learnt as one long sequence, cut into `batch_size` streams and these into segments, through which the state is
    carried while gradients stop at their borders (truncated back-propagation; Williams & Peng 1990). There are fewer
    streams where a text is too short for each to have a whole segment.
    """

    KIND = "language-model"
    OPTIONS = LanguageOptions
    PREPARATION = TextCoding
    RECORDS = Corpus

    def assess(self, X: Any, y: Any = None) -> LanguageAssessment:
        """Foretells each token of the text X from all before it, once, the state carried over the whole text.

        perplexity: e to the mean −ln p of a token. bits_per_token: its logarithm to the base 2. bits_per_character: the
        bits of all tokens together, divided by the characters of the text, line ends counted, also that of the last
        line where its end is foretold. unknown: the share of
        tokens that are not in the vocabulary; they are foretold as "<unk>".
        """
        coding, network = self.fitted.preparation, self.fitted.network
        text = self._records(X, y).text
        tokens = coding.encode_lines(text)
        examples = StreamExamples(Streams(tokens, coding.first, count=1, steps=_STEPS_AT_ONCE))
        nats = evaluate(network, LanguageObjective(), examples)["loss"]
        unknown = float(np.mean(tokens == UNKNOWN))
        return LanguageAssessment.of(nats, len(tokens), coding.characters(text), unknown=unknown)

    def score(self, X: Any, y: Any = None) -> float:
        """The mean natural logarithm of a token's probability: greater is better."""
        return -math.log(self.evaluate(X, y)["perplexity"])

    def predict(self, X: Any) -> NDArray[np.float64]:
        """The natural logarithm of each line's probability, [N], its end included, each line read for itself."""
        return self.prediction_frame(X)["log_likelihood"].to_numpy()

    def prediction_frame(self, X: Any) -> pl.DataFrame:
        """Each line with its `log_likelihood` in nats, its `tokens`, the end being one, and the `perplexity` of one."""
        lines = self._records(X).lines
        if isinstance(X, list | tuple) and len(X) != len(lines):
            raise DataError(f"{len(X)} texts hold {len(lines)} lines; give each line for itself")
        totals, counts = line_likelihoods(self._network_fitted, self.fitted.preparation, lines)
        columns = {"text": lines, "log_likelihood": totals, "tokens": counts, "perplexity": np.exp(-totals / counts)}
        return pl.DataFrame(columns)

    def generate(self, prompt: str = "", length: int = 200, **choices: Any) -> str:
        """The text of `length` tokens that go on from the prompt, which is not repeated; see `stream`."""
        return "".join(self.stream(prompt, length, **choices))

    def stream(
        self,
        prompt: str = "",
        length: int = 200,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        stop: str | Sequence[str] = (),
        seed: int = 0,
    ) -> Iterator[str]:
        """As `generate`, but piece by piece as the text comes.

        temperature, top_k, top_p: see `tidegate.models.sampling.Sampling`; equal seeds give equal texts. stop: the text
        ends before any of these strings. Without a prompt it begins as after a line end; "<unk>" is never drawn.
        Warns of what in the prompt is not in the vocabulary, and is read as unknown.
        """
        if length < 0:
            raise ConfigurationError(f"length={length!r}: give a number of tokens, from 0 up")
        coding, sampling = self.fitted.preparation, Sampling(temperature, top_k, top_p)
        if unknown := coding.unknown(prompt):
            told = ", ".join(repr(token) for token in unknown)
            warnings.warn(f"not in the vocabulary, and read as unknown: {told}", stacklevel=2)
        before = [coding.first, *coding.encode(prompt).tolist()]
        tokens = islice(continuation(self._network_fitted, before, sampling, seed, coding.never), length)
        texts = pieces(coding.decode, before, tokens)
        if coding.marks_lines and prompt.endswith(" "):
            texts = without_first_space(texts)
        return until((stop,) if isinstance(stop, str) else stop, texts)

    def hold_out(self, records: Corpus) -> tuple[Corpus, Corpus | None]:
        """The end of the text: where words or pieces are tokens whole lines, or of a text of one line whole words."""
        share = self.options.validation
        if not share:
            return records, None
        cut = in_order if self.options.tokenizer == "characters" else lines_in_order
        training, held = cut(records.text, 1 - share, share)
        if not training.strip() or not held.strip():
            raise DataError(
                f"too little text ({counted(len(records.text), 'character')}) to hold back a share of {share:g}: give "
                "more or a validation text, or hold back none (validation=0)"
            )
        return Corpus(training), Corpus(held)

    @property
    def _network_fitted(self) -> LanguageNetwork:
        network = self.fitted.network
        assert isinstance(network, LanguageNetwork)
        return network

    def _records(self, X: Any, y: Any = None, *, labelled: bool = True) -> Corpus:  # noqa: ARG002 - text has no labels
        return X if isinstance(X, Corpus) else self._given(X, y)

    def _given(self, X: Any, y: Any) -> Corpus:
        if y is not None:
            raise ConfigurationError("a language model has no targets but the text itself; give no y")
        return Corpus(as_text(X))

    def _read_file(self, path: Path, names: Mapping[str, str], labelled: bool) -> Corpus:  # noqa: ARG002 - no labels
        return read_corpus(path, names)

    def _prepare(self, training: Corpus) -> TextCoding:
        options = self.options
        return TextCoding.fit(
            training.text,
            options.tokenizer,
            lowercase=options.lowercase,
            min_count=options.min_count,
            size=options.vocabulary_size,
        )

    def _network(self, options: LanguageOptions, preparation: TextCoding) -> LanguageNetwork:
        shape = LanguageShape(
            tokens=len(preparation.vocabulary),
            specials=3 if preparation.marks_lines else 2,
            **options.model_dump(include=set(LanguageShape.model_fields)),
        )
        return LanguageNetwork(shape, EncoderOptions(**options.model_dump(include=set(EncoderOptions.model_fields))))

    def _objective(self, preparation: TextCoding) -> LanguageObjective:  # noqa: ARG002 - all texts have the same
        mixed = torch.bfloat16 if self.options.precision == "bf16-mixed" else None
        return LanguageObjective(self.options.label_smoothing, mixed)

    def _examples(self, preparation: TextCoding, records: Corpus) -> StreamExamples:
        options, tokens = self.options, preparation.encode_lines(records.text)
        count = min(options.batch_size, max(len(tokens) // options.segment, 1))
        return StreamExamples(Streams(tokens, preparation.first, count=count, steps=options.segment))

    def _training_notes(self, examples: StreamExamples) -> tuple[str, ...]:
        options, streams = self.options, examples.streams
        if streams.count == options.batch_size:
            return ()
        return (
            f"batch_size={options.batch_size} is lowered to {streams.count}: the {len(streams.tokens):,} tokens learnt "
            f"from make no more streams of a whole segment ({options.segment} tokens)",
        )

    def _notes(self, preparation: TextCoding, records: Corpus) -> tuple[str, ...]:
        tokens = preparation.encode_lines(records.text)
        unknown, written = int(np.sum(tokens == UNKNOWN)), preparation.written_as_unknown(records.text)
        if not unknown:
            return ()
        left = f"; {written:,} of them are written so, as <unk>" if written else ", left out of the vocabulary"
        return (f"{unknown:,} of {len(tokens):,} tokens are unknown{left}",)

    def _checked(self, values: Mapping[str, Any]) -> LanguageOptions:
        return language_options(values)
