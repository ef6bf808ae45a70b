"""Options of a language model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, PositiveInt

from tidegate.data.tokenizing import TokenizerKind
from tidegate.errors import ConfigurationError
from tidegate.estimators.options import validated
from tidegate.estimators.sequence_options import SequenceOptions, TextOptions
from tidegate.models.encoder import check_encoder


class LanguageOptions(SequenceOptions, TextOptions):
    """Options of a LanguageModel, those of its text, its encoder and its training among them.

    tokenizer: "characters", "words", "spaces" (words of a text that is split already) or "bpe".
    segment: steps of truncated back-propagation; the state goes on from one segment to the next.
    batch_size: streams that the text is cut into and that are read side by side; fewer of a text too short for that.
    tied: the embeddings are the softmax's weights too (Press & Wolf 2017, arXiv:1608.05859).
    output_dropout: of what the softmax is given, in training only.
    label_smoothing: share of the target's probability given to all tokens alike, in training only.
    validation: share of the text, its end, that training watches where `fit` is given no validation text.
    """

    USUAL_EPOCHS: ClassVar[int] = 20

    tokenizer: TokenizerKind = "characters"
    segment: PositiveInt = 64
    tied: bool = True
    output_dropout: float = Field(default=0.0, ge=0, lt=1)
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)

    hidden_size: PositiveInt = 256
    validation: float = Field(default=0.05, ge=0, lt=1)
    patience: int | None = Field(default=3, ge=1)
    batch_size: int = Field(default=32, ge=1)


def language_options(values: Mapping[str, Any]) -> LanguageOptions:
    """`values` as options that go together. Raises ConfigurationError where they do not."""
    options = validated(LanguageOptions, values)
    if options.bidirectional:
        raise ConfigurationError("bidirectional=True would read the text it is to foretell; leave it off")
    check_encoder(options)
    return options
