"""PolyphonyModel: which notes sound in the next frame of a piece of music."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import nn

from tidegate.data.piano_roll import KEYS, PianoRolls, Roll, as_rolls, read_rolls
from tidegate.errors import ConfigurationError, DataError
from tidegate.estimators.sequence_batches import SequenceBatch, SequenceExamples, predicted
from tidegate.estimators.sequence_estimator import SequenceEstimator
from tidegate.estimators.sequence_options import SequenceOptions
from tidegate.models.encoder import EncoderOptions
from tidegate.models.polyphony import PolyphonyNetwork, frame_losses, improvise
from tidegate.training.objective import Loss


class PolyphonyOptions(SequenceOptions):
    """Options of a PolyphonyModel, those of its encoder and of its training among them.

    output_dropout: of what the notes are told from, in training only.
    """

    USUAL_EPOCHS: ClassVar[int] = 100

    output_dropout: float = Field(default=0.0, ge=0, lt=1)
    batch_size: int = Field(default=16, ge=1)
    patience: int | None = Field(default=10, ge=1)


@dataclass(frozen=True)
class Keyboard:
    """Nothing is fitted on the training part: every piece has the 88 keys of a piano."""

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        return {"keys": KEYS}, {}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], _: Mapping[str, NDArray[Any]]) -> Keyboard:
        if state["keys"] != KEYS:
            raise ValueError(f"{state['keys']} keys")
        return cls()


@dataclass(frozen=True)
class PolyphonyObjective:
    """−ln p of each frame."""

    def __call__(self, model: nn.Module, batch: SequenceBatch, /) -> Loss:
        return Loss(frame_losses(model, batch.inputs, batch.lengths).sum(), int(batch.lengths.sum()))


@dataclass(frozen=True)
class PolyphonyAssessment:
    """How well pieces were foretold."""

    metrics: dict[str, float]

    @classmethod
    def of(cls, losses: Sequence[NDArray[np.float64]]) -> PolyphonyAssessment:
        """From −ln p of each frame of each piece, [T] each."""
        after = [one[1:] for one in losses]
        return cls({"nll": float(np.concatenate(after).mean()), "nll_with_first": float(np.concatenate(losses).mean())})


class PolyphonyModel(SequenceEstimator[PolyphonyOptions, Keyboard, PianoRolls]):
    """Learns which notes sound together, and which follow which (Boulanger-Lewandowski et al. 2012, arXiv:1206.6392).

    X is a path, arrays [T, 88] of 0 and 1, or lists of frames, each a list of MIDI numbers; see
    `tidegate.data.piano_roll`. Notes are independent of each other given all frames before. Options are those of
    `PolyphonyOptions`, `EncoderOptions` and `TrainingSettings`.
    """

    KIND = "polyphony-model"
    OPTIONS = PolyphonyOptions
    PREPARATION = Keyboard
    RECORDS = PianoRolls

    def assess(self, X: Any, y: Any = None) -> PolyphonyAssessment:
        """nll: −ln p of a frame in nats, the sum over its notes, a mean over all frames but the first of each piece,
        as Bai et al. 2018 (arXiv:1803.01271) count. nll_with_first: over all frames, the first told from silence.
        """
        records = self._records(X, y)
        _require_foretold(records)
        return PolyphonyAssessment.of(self._losses(records))

    def score(self, X: Any, y: Any = None) -> float:
        """The mean ln p of a frame: greater is better."""
        return -self.evaluate(X, y)["nll"]

    def predict(self, X: Any) -> NDArray[np.float64]:
        """ln p of each piece, [N], all its frames together."""
        return np.array([-losses.sum() for losses in self._losses(self._records(X))])

    def prediction_frame(self, X: Any) -> pl.DataFrame:
        """Each piece with its number of `frames`, its `log_likelihood` in nats and the `nll` of a frame."""
        losses = self._losses(self._records(X))
        totals, frames = np.array([one.sum() for one in losses]), np.array([len(one) for one in losses])
        columns = {"piece": np.arange(len(losses)), "frames": frames, "log_likelihood": -totals, "nll": totals / frames}
        return pl.DataFrame(columns)

    def generate(self, prompt: Any = None, length: int = 64, *, temperature: float = 1.0, seed: int = 0) -> Roll:
        """`length` new frames [length, 88] that go on from the piece `prompt`; equal seeds give equal music.

        temperature: below 1 the likely becomes likelier still; with 0 those notes sound that are likelier to than not.
        """
        if length < 0 or not 0 <= temperature < np.inf:
            raise ConfigurationError(f"length={length!r}, temperature={temperature!r}: give numbers from 0 up")
        before = np.zeros((0, KEYS), np.uint8) if prompt is None else as_rolls([prompt]).rolls[0]
        source = torch.Generator().manual_seed(seed)
        network = self.fitted.network
        assert isinstance(network, PolyphonyNetwork)
        drawn = improvise(network, torch.from_numpy(before.astype(np.float32)), length, temperature, source)
        return drawn.numpy().astype(np.uint8)

    def _losses(self, records: PianoRolls) -> list[NDArray[np.float64]]:
        """−ln p of each frame of each piece, [T] each."""
        losses: list[NDArray[np.float64]] = [np.empty(0)] * len(records)
        for rows, told in predicted(self.fitted.network, self._examples(self.fitted.preparation, records), _told, 32):
            for row, one in zip(rows, told.double().numpy(), strict=True):
                losses[row] = one[: len(records.rolls[row])]
        return losses

    def _given(self, X: Any, y: Any) -> PianoRolls:
        if y is not None:
            raise ConfigurationError("music has no targets but its own frames; give no y")
        return as_rolls(X)

    def _read_file(self, path: Path, names: Mapping[str, str], labelled: bool) -> PianoRolls:  # noqa: ARG002 - no labels
        return read_rolls(path)

    def _prepare(self, training: PianoRolls) -> Keyboard:  # noqa: ARG002 - nothing is fitted
        return Keyboard()

    def _network(self, options: PolyphonyOptions, preparation: Keyboard) -> PolyphonyNetwork:  # noqa: ARG002 - as above
        encoder = EncoderOptions(**options.model_dump(include=set(EncoderOptions.model_fields)))
        return PolyphonyNetwork(KEYS, encoder, options.output_dropout)

    def _objective(self, preparation: Keyboard) -> PolyphonyObjective:  # noqa: ARG002 - as above
        return PolyphonyObjective()

    def _examples(self, preparation: Keyboard, records: PianoRolls) -> SequenceExamples:  # noqa: ARG002 - as above
        frames = [roll.astype(np.float32) for roll in records.rolls]
        return SequenceExamples(frames, frames)

    def _require_scorable(self, preparation: Keyboard, records: PianoRolls) -> None:  # noqa: ARG002 - as above
        _require_foretold(records)

    def _checked(self, values: Mapping[str, Any]) -> PolyphonyOptions:
        options = super()._checked(values)
        if options.bidirectional:
            raise ConfigurationError("bidirectional=True would hear the music it is to foretell; leave it off")
        return options


def _require_foretold(records: PianoRolls) -> None:
    if all(len(roll) < 2 for roll in records.rolls):
        raise DataError(
            f"{records.summary}: all pieces have a single frame, and the first of a piece is not scored; give some "
            "with two or more to validate and to test with"
        )


def _told(model: nn.Module, batch: SequenceBatch) -> Any:
    return frame_losses(model, batch.inputs, batch.lengths)
