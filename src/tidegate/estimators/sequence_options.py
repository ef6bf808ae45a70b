"""Options that the estimators of sequences share: those of encoder and training, and of whatever reads text."""

from __future__ import annotations

import math
from typing import ClassVar, Self

from pydantic import BaseModel, Field, PositiveInt

from tidegate.data.tokenizing import TokenizerKind
from tidegate.models.encoder import EncoderOptions
from tidegate.training.settings import Schedule, TrainingSettings

STEPS, MOST_TIMES = 1500, 10


class SequenceOptions(EncoderOptions, TrainingSettings):
    """Options of every estimator of sequences; each adds its own and may have other defaults.

    validation: share of the examples, drawn by `seed`, that training watches but does not learn from, where `fit` is
        given no validation data; 0 trains on all of them for all `epochs`, as `patience` then has nothing to watch.
    epochs: None takes what is usual for the task (30 where nothing else is told), of few examples up to ten times as
        many, for some 1,500 steps of the optimiser; `patience` then grows with them.
    """

    USUAL_EPOCHS: ClassVar[int] = 30

    validation: float = Field(default=0.1, ge=0, lt=1)

    epochs: int | None = Field(default=None, ge=1)  # type: ignore[assignment]  # settled before the loop takes it
    patience: int | None = Field(default=5, ge=1)
    learning_rate: float = Field(default=2e-3, gt=0)
    schedule: Schedule = "cosine"

    def settled(self, batches: int) -> Self:
        """The same with what the data decide, for passes of so many batches."""
        if self.epochs is not None:
            return self
        times = min(max(math.ceil(STEPS / (batches * self.USUAL_EPOCHS)), 1), MOST_TIMES)
        patience = None if self.patience is None else self.patience * times
        return self.model_copy(update={"epochs": self.USUAL_EPOCHS * times, "patience": patience})

    def training_settings(self, *, watched: bool) -> TrainingSettings:
        """Those of the loop alone, of settled options; `watched`: whether there are validation examples."""
        chosen = self.model_dump(include=set(TrainingSettings.model_fields))
        return TrainingSettings(**chosen if watched else {**chosen, "patience": None})


class TextOptions(BaseModel):
    """How text becomes vectors.

    tokenizer, lowercase: see `tidegate.data.tokenizing.Tokenizer`.
    min_count, vocabulary_size: tokens rarer than that in the training part, and all but the most frequent, are unknown;
        with "bpe" the size is how many pieces are learnt (8,000 if None).
    embedding_size: width of the vectors.
    embedding_dropout, word_dropout: see `tidegate.models.embedding.TokenEmbedding`. Where every token of the training
        part is kept (min_count=1), word_dropout alone teaches what to make of an unknown one.
    """

    tokenizer: TokenizerKind = "words"
    lowercase: bool = False
    min_count: PositiveInt = 1
    vocabulary_size: PositiveInt | None = None
    embedding_size: PositiveInt = 128
    embedding_dropout: float = Field(default=0.0, ge=0, lt=1)
    word_dropout: float = Field(default=0.0, ge=0, lt=1)
