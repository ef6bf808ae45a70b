"""Options of a translator."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from tidegate.data.tokenizing import TokenizerKind
from tidegate.estimators.sequence_options import SequenceOptions, TextOptions
from tidegate.models.translator import TranslatorOptions


class TranslationOptions(SequenceOptions, TextOptions, TranslatorOptions):
    """Options of a Translator, those of its encoder, decoder, text and training among them.

    joint: one vocabulary (with "bpe" one set of pieces) for source and target, embedded by the same weights.
    label_smoothing: share of each target that is spread over the whole vocabulary (Szegedy et al. 2016,
        arXiv:1512.00567), in training only.
    beam_size: hypotheses carried on side by side; 1 is greedy search.
    length_penalty: α of Wu et al. (2016, arXiv:1609.08144); 0 favours short translations, 1 about divides by length.
    max_length: tokens of the target at most; None takes the longest target of training, or twice the source if greater.
    copy_unknown: an unknown token in a translation is replaced by the token of the source that it attends to most.
    """

    joint: bool = False
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    beam_size: PositiveInt = 5
    length_penalty: float = Field(default=1.0, ge=0)
    max_length: PositiveInt | None = None
    copy_unknown: bool = True

    bidirectional: bool = True
    hidden_size: PositiveInt = 256
    embedding_dropout: float = Field(default=0.3, ge=0, lt=1)
    memory_dropout: float = Field(default=0.3, ge=0, lt=1)
    output_dropout: float = Field(default=0.3, ge=0, lt=1)
    tokenizer: TokenizerKind = "bpe"
    embedding_size: PositiveInt = 256
    batch_size: int = Field(default=64, ge=1)
