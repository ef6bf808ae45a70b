"""Options of a SequenceTagger."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, PositiveInt

from tidegate.estimators.sequence_options import SequenceOptions


class TaggerOptions(SequenceOptions):
    """Options of a SequenceTagger, those of its encoder and of its training among them.

    decoder: "softmax" tells tags one by one, "crf" all of a sentence together; "auto" takes "crf" where tags write
        spans (B-NP, I-NP, …).
    lowercase: words are lower-cased for their vectors; their spelling is not.
    min_count: words rarer than that in the training part share the vector of unknown words.
    embedding_size: width of the words' vectors.
    embedding_dropout, word_dropout: see `tidegate.models.embedding.TokenEmbedding`.
    characters: "recurrent" reads each word's spelling from both ends as well; "none" does not.
    character_size, character_hidden: width of the characters' vectors, and units of each direction that reads them.
    dropout: between the layers and before the tags.
    """

    USUAL_EPOCHS: ClassVar[int] = 15

    decoder: Literal["auto", "softmax", "crf"] = "auto"
    lowercase: bool = True
    min_count: PositiveInt = 2
    embedding_size: PositiveInt = 100
    embedding_dropout: float = Field(default=0.0, ge=0, lt=1)
    word_dropout: float = Field(default=0.0, ge=0, lt=1)
    characters: Literal["recurrent", "none"] = "recurrent"
    character_size: PositiveInt = 32
    character_hidden: PositiveInt = 64

    bidirectional: bool = True
    hidden_size: PositiveInt = 128
    dropout: float = Field(default=0.5, ge=0, lt=1)
    input_dropout: float = Field(default=0.5, ge=0, lt=1)

    batch_size: int = Field(default=16, ge=1)
    learning_rate: float = Field(default=4e-3, gt=0)
