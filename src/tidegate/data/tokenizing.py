"""Text to tokens and back: characters, words, words as they stand between spaces, or learnt pieces (BPE)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

from tidegate.data.vocabulary import Vocabulary
from tidegate.errors import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Pieces

TokenizerKind = Literal["characters", "words", "spaces", "bpe"]
USUAL_PIECES = 8000

# Letters, digits and the marks that belong to them: Python's \w has no combining marks and no vowel signs.
_LETTER = r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u109f]"
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*|\S")
_BEFORE, _AFTER = re.compile(r" ([.,;:!?%)\]}…]+)"), re.compile(r"([(\[{]) ")


@dataclass(frozen=True)
class Tokenizer:
    """Splits text the same way each time.

    kind: "characters", each a token; "words", by the rule below; "spaces", what stands between white space, as in text
        that is split already; "bpe", byte-level pieces (Sennrich et al. 2016, arXiv:1508.07909), learnt by `fit`, of
        which all text is made, white space too.
    lowercase: text is lower-cased first.
    pieces: what "bpe" has learnt, as JSON of the `tokenizers` package.

    The rule of "words": text is brought to Unicode's form NFC; runs of letters, digits and underscores stay together,
    across an apostrophe too (don't); every other character but white space is a token of its own.
    """

    kind: TokenizerKind = "words"
    lowercase: bool = False
    pieces: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(TokenizerKind):
            raise ConfigurationError(f"tokenizer={self.kind!r}: give one of {', '.join(get_args(TokenizerKind))}")

    @classmethod
    def fit(
        cls, kind: TokenizerKind, texts: Iterable[str] = (), *, lowercase: bool = False, size: int | None = None
    ) -> Tokenizer:
        """A tokenizer of this kind; "bpe" learns up to `size` pieces (8,000) from `texts`, the training part only."""
        plain = cls(kind, lowercase)
        if kind != "bpe":
            return plain
        return cls(kind, lowercase, _learnt((plain._prepared(text) for text in texts), size or USUAL_PIECES))

    def split(self, text: str) -> list[str]:
        """The tokens of a text."""
        prepared = self._prepared(text)
        match self.kind:
            case "characters":
                return list(prepared)
            case "words":
                return _WORD.findall(prepared)
            case "spaces":
                return prepared.split()
        tokens: list[str] = self._model.encode(prepared, add_special_tokens=False).tokens
        return tokens

    def join(self, tokens: Sequence[str]) -> str:
        """Text of tokens: exact for characters and pieces, else with spaces, but none before a comma and the like."""
        match self.kind:
            case "characters":
                return "".join(tokens)
            case "words":
                return _AFTER.sub(r"\1", _BEFORE.sub(r"\1", " ".join(tokens)))
            case "spaces":
                return " ".join(tokens)
        text: str = self._model.decoder.decode(list(tokens))
        return text

    def vocabulary(
        self,
        sequences: Iterable[Iterable[str]],
        *,
        min_count: int = 1,
        max_size: int | None = None,
        specials: Sequence[str] = (),
    ) -> Vocabulary:
        """Of tokens that `split` gave; with "bpe" all pieces, since any text is made of them."""
        if self.kind != "bpe":
            return Vocabulary.fit(sequences, min_count=min_count, max_size=max_size, specials=specials)
        numbers = self._model.get_vocab()
        return Vocabulary.of(sorted(numbers, key=lambda piece: numbers[piece]), specials=specials)

    def state(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {"kind": self.kind, "lowercase": self.lowercase, "pieces": self.pieces}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Tokenizer:
        """The tokenizer whose `state()` this is."""
        return cls(state["kind"], state["lowercase"], state["pieces"])

    def _prepared(self, text: str) -> str:
        whole = unicodedata.normalize("NFC", text) if self.kind == "words" else text
        return whole.lower() if self.lowercase else whole

    @cached_property
    def _model(self) -> Pieces:
        if not self.pieces:
            raise ConfigurationError("tokenizer='bpe' has learnt no pieces yet; make it with Tokenizer.fit")
        from tokenizers import Tokenizer as Pieces

        return Pieces.from_str(self.pieces)


def _learnt(texts: Iterable[str], size: int) -> str:
    try:
        from tokenizers import Tokenizer as Pieces
        from tokenizers import decoders, models, pre_tokenizers, trainers
    except ImportError as cause:
        raise MissingExtraError.of("train", cause) from cause
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    if size < len(alphabet):
        raise ConfigurationError(f"vocabulary_size={size}: bytes alone are {len(alphabet)} pieces; give no less")
    model = Pieces(models.BPE())
    model.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    model.train_from_iterator(texts, trainer)
    return str(model.to_str())
