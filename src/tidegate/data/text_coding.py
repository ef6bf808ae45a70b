"""Text as numbered tokens for a language model, and tokens as text again, also piece by piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.tokenizing import Tokenizer, TokenizerKind
from tidegate.data.vocabulary import PADDING, UNKNOWN, Vocabulary

EOS = "<eos>"
_LINE_END = "\n"


@dataclass(frozen=True)
class TextCoding:
    """A tokenizer with its vocabulary. Where words are tokens, "<eos>" stands for the end of each line.

    Characters and BPE pieces hold the line ends themselves, and give the text back as it was.
    """

    tokenizer: Tokenizer
    vocabulary: Vocabulary

    @classmethod
    def fit(cls, text: str, kind: TokenizerKind, *, lowercase: bool, min_count: int, size: int | None) -> TextCoding:
        """Learns from the training text. `size`: most tokens of the vocabulary, for "bpe" the pieces to be learnt."""
        lines = text.splitlines(keepends=True)
        tokenizer = Tokenizer.fit(kind, lines, lowercase=lowercase, size=size)
        specials = (EOS,) if kind in ("words", "spaces") else ()
        most = None if kind == "bpe" else size
        tokens = (tokenizer.split(line) for line in lines)
        return cls(tokenizer, tokenizer.vocabulary(tokens, min_count=min_count, max_size=most, specials=specials))

    @property
    def marks_lines(self) -> bool:
        return self.tokenizer.kind in ("words", "spaces")

    @property
    def first(self) -> int:
        """The token before a text: the end of a line, as most texts begin after one; unknown where there was none."""
        return self.vocabulary.number(EOS) if self.marks_lines else int(self.encode(_LINE_END)[-1])

    @property
    def never(self) -> list[int]:
        """Tokens that stand for no text and are never generated."""
        return [PADDING, UNKNOWN]

    def encode(self, text: str) -> NDArray[np.int64]:
        """Tokens [N] of text as it stands; its last line has an end only if the text has."""
        return self.vocabulary.encode(self._tokens(text))

    def encode_lines(self, text: str) -> NDArray[np.int64]:
        """Tokens [N] of whole lines: where words are tokens, the last line is given an end if it has none."""
        complete = not self.marks_lines or text.endswith(_LINE_END)
        return self.encode(text if complete else text + _LINE_END)

    def characters(self, text: str) -> int:
        """How many characters the tokens of `encode_lines` stand for."""
        return len(text) + (self.marks_lines and not text.endswith(_LINE_END))

    def unknown(self, text: str) -> list[str]:
        """The tokens of the text that are not in the vocabulary, each once, in order of appearance."""
        return list(dict.fromkeys(token for token in self._tokens(text) if token not in self.vocabulary))

    def written_as_unknown(self, text: str) -> int:
        """How many tokens of the text are "<unk>" itself, as published texts have it for their rare words."""
        return sum(token == self.vocabulary.tokens[UNKNOWN] for token in self._tokens(text))

    def decode(self, numbers: Sequence[int]) -> str:
        """The text of tokens. What is not UTF-8 among the bytes of BPE pieces becomes U+FFFD."""
        tokens = self.vocabulary.decode(numbers)
        if not self.marks_lines:
            return self.tokenizer.join(tokens)
        lines: list[list[str]] = [[]]
        for token in tokens:
            if token == EOS:
                lines.append([])
            else:
                lines[-1].append(token)
        return _LINE_END.join(self.tokenizer.join(line) for line in lines)

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What JSON can hold; there are no arrays."""
        return {"tokenizer": self.tokenizer.state(), "vocabulary": self.vocabulary.state()}, {}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], _: Mapping[str, NDArray[Any]]) -> TextCoding:
        """The coding whose `state()` this is."""
        return cls(Tokenizer.from_state(state["tokenizer"]), Vocabulary.from_state(state["vocabulary"]))

    def _tokens(self, text: str) -> list[str]:
        if self.tokenizer.kind == "characters":
            return self.tokenizer.split(text)
        tokens: list[str] = []
        for line in text.splitlines(keepends=True) if not self.marks_lines else text.split(_LINE_END):
            tokens += self.tokenizer.split(line)
            if self.marks_lines:
                tokens.append(EOS)
        return tokens[:-1] if self.marks_lines else tokens
