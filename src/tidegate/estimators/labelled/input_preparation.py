"""How texts become numbered tokens, and series scaled steps: fitted on the training part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.counted import counted
from tidegate.data.labelled import Labelled, Series
from tidegate.data.scaling import SeriesScaler
from tidegate.data.tokenizing import Tokenizer, TokenizerKind
from tidegate.data.vocabulary import Vocabulary
from tidegate.errors import DataError
from tidegate.estimators.labelled.labelled_options import LabelledOptions

Array = NDArray[Any]
_ALL = "channels"  # one scale for a channel of all series


@dataclass(frozen=True)
class TextPreparation:
    """Texts → tokens [T_i]; at most `max_length` of them, the first or the last."""

    tokenizer: Tokenizer
    vocabulary: Vocabulary
    max_length: int | None
    keep: str

    @classmethod
    def fit(cls, records: Labelled, options: LabelledOptions) -> TextPreparation:
        size = options.vocabulary_size
        kind = _kind(records.inputs) if options.tokenizer == "auto" else options.tokenizer
        tokenizer = Tokenizer.fit(kind, records.inputs, lowercase=options.lowercase, size=size)
        sequences = (tokenizer.split(text) for text in records.inputs)
        vocabulary = tokenizer.vocabulary(sequences, min_count=options.min_count, max_size=size)
        return cls(tokenizer, vocabulary, options.max_length, options.keep)

    def sequences(self, records: Labelled) -> list[Array]:
        """Raises DataError for series."""
        if records.kind != "texts":
            raise DataError(f"{records.places[0]}: series, where texts were learnt from")
        split = (self.tokenizer.split(text) for text in records.inputs)
        return [self.vocabulary.encode(_cut(tokens, self.max_length, self.keep)) for tokens in split]

    def cut(self, records: Labelled) -> int:
        """How many texts have more tokens than are read."""
        most = self.max_length
        return 0 if most is None else sum(len(self.tokenizer.split(text)) > most for text in records.inputs)

    def state(self) -> dict[str, Any]:
        told = {"tokenizer": self.tokenizer.state(), "max_length": self.max_length, "keep": self.keep}
        return {"kind": "texts", **told, "vocabulary": self.vocabulary.state()}

    def arrays(self) -> dict[str, Array]:
        return {}


@dataclass(frozen=True)
class SeriesPreparation:
    """Series → steps [T_i, C] as float32: cut, missing values filled with `means` [C] and masked, scaled, patched."""

    scaler: SeriesScaler
    means: Array
    channels: int
    max_length: int | None
    keep: str
    patch: int
    masked: bool

    @classmethod
    def fit(cls, records: Labelled, options: LabelledOptions) -> SeriesPreparation:
        masked = options.missing == "mask"
        if not masked:
            _refuse_missing(records)
        steps = np.concatenate([_cut(one, options.max_length, options.keep) for one in records.inputs])
        scaler = SeriesScaler(options.scaler).fit([steps], [_ALL])
        means = np.array([_mean(channel) for channel in steps.T])
        return cls(scaler, means, records.width, options.max_length, options.keep, options.patch, masked)

    @property
    def width(self) -> int:
        """Numbers in each step that the network reads."""
        return self.channels * (2 if self.masked else 1) * self.patch

    def sequences(self, records: Labelled) -> list[Array]:
        """Raises DataError for texts, another number of channels, and missing values that are not masked."""
        if records.width != self.channels:
            found = "texts" if records.kind == "texts" else counted(records.width, "channel")
            wanted = counted(self.channels, "channel")
            raise DataError(f"{records.places[0]}: {found}, where series of {wanted} were learnt from")
        if not self.masked:
            _refuse_missing(records)
        return [self._steps(_cut(one, self.max_length, self.keep)) for one in records.inputs]

    def cut(self, records: Labelled) -> int:
        """How many series have more steps than are read."""
        return 0 if self.max_length is None else sum(len(series) > self.max_length for series in records.inputs)

    def state(self) -> dict[str, Any]:
        told = {"channels": self.channels, "max_length": self.max_length, "keep": self.keep}
        return {"kind": "series", **told, "patch": self.patch, "masked": self.masked, "scaler": self.scaler.state()[0]}

    def arrays(self) -> dict[str, Array]:
        return {**self.scaler.state()[1], "means": self.means}

    def _steps(self, series: Series) -> Array:
        missing = np.isnan(series)
        scale = self.scaler.of(_ALL, np.empty((0, self.channels)))
        steps = scale.transform(np.where(missing, self.means, series)).astype(np.float32)
        if self.masked:
            steps = np.concatenate([steps, missing.astype(np.float32)], axis=1)
        short = -len(steps) % self.patch  # the last patch is filled with the last step
        whole = np.concatenate([steps, np.repeat(steps[-1:], short, axis=0)])
        return whole.reshape(len(whole) // self.patch, -1)


InputPreparation = TextPreparation | SeriesPreparation


def fit_inputs(records: Labelled, options: LabelledOptions) -> InputPreparation:
    """For what the records hold."""
    return (TextPreparation if records.kind == "texts" else SeriesPreparation).fit(records, options)


def inputs_state(inputs: InputPreparation) -> dict[str, Any]:
    """What JSON can hold: "inputs" and, of texts, "vocabulary"."""
    state = inputs.state()
    vocabulary = {"vocabulary": state.pop("vocabulary")} if "vocabulary" in state else {}
    return {"inputs": state, **vocabulary}


def inputs_from_state(state: Mapping[str, Any], arrays: Mapping[str, Array]) -> InputPreparation:
    """The preparation whose `inputs_state` this is."""
    told = state["inputs"]
    if told["kind"] == "texts":
        tokenizer, vocabulary = Tokenizer.from_state(told["tokenizer"]), Vocabulary.from_state(state["vocabulary"])
        return TextPreparation(tokenizer, vocabulary, told["max_length"], told["keep"])
    scaler, others = SeriesScaler.from_state(told["scaler"], arrays), ("channels", "max_length", "keep", "patch")
    return SeriesPreparation(scaler, arrays["means"], *(told[name] for name in (*others, "masked")))


def missing_values(inputs: Iterable[Series]) -> int:
    """How many values of the series are missing."""
    return sum(int(np.isnan(series).sum()) for series in inputs)


def _kind(texts: Sequence[str]) -> TokenizerKind:
    """Names and the like, of a word or two that few others have, are told apart by their characters."""
    words = [Tokenizer("words").split(text) for text in texts]
    short = sum(len(some) <= 2 for some in words)
    every = [word for some in words for word in some]
    return "characters" if 2 * short > len(words) and 2 * len(set(every)) > len(every) else "words"


def _refuse_missing(records: Labelled) -> None:
    for row, series in enumerate(records.inputs):
        if np.isnan(series).any():
            step, channel = np.argwhere(np.isnan(series))[0]
            raise DataError(
                f"{records.place_of(row, step, channel)}: the value is missing; fill it in, or train with "
                "missing='mask' (in the shell --set missing=mask)"
            )


def _mean(channel: Array) -> float:
    """Of the steps [T] that have a value; 1, which any scaler takes, where none has."""
    observed = channel[~np.isnan(channel)]
    return float(observed.mean()) if len(observed) else 1.0


def _cut(sequence: Any, most: int | None, keep: str) -> Any:
    if most is None or len(sequence) <= most:
        return sequence
    return sequence[:most] if keep == "first" else sequence[-most:]
