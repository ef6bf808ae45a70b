"""Translations beside their references: BLEU and chrF as sacreBLEU computes them, perplexity and accuracy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tidegate.data.pairs import Text, is_text
from tidegate.errors import MissingExtraError
from tidegate.estimators.translation.translating import Translation

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric


@dataclass(frozen=True, eq=False)
class TranslationAssessment:
    """The best translation of each source beside its reference; `nll` is the references' mean, in nats per token."""

    sources: Sequence[Text]
    references: Sequence[Text]
    translations: Sequence[Translation]
    nll: float

    @property
    def metrics(self) -> dict[str, float]:
        """bleu and chrf (0 to 100; Post 2018, arXiv:1804.08771), perplexity of the references per token, and accuracy,
        the share of translations that are the reference itself."""
        told = [_as_text(one.text) for one in self.translations]
        true = [_as_text(reference) for reference in self.references]
        right = sum(one == other for one, other in zip(told, true, strict=True))
        return {
            "bleu": self._bleu.corpus_score(told, [true]).score,
            "chrf": self._chrf.corpus_score(told, [true]).score,
            "perplexity": math.exp(min(self.nll, 700.0)),
            "accuracy": right / len(true),
        }

    @property
    def signature(self) -> str:
        """sacreBLEU's own words on how BLEU was computed."""
        self._bleu.corpus_score([""], [[""]])
        return str(self._bleu.get_signature())

    @cached_property
    def _bleu(self) -> Metric:
        """Of raw text, mixed case, split as mteval-v13a does; tokens given as such are not split again."""
        try:
            from sacrebleu.metrics.bleu import BLEU
        except ImportError as cause:
            raise MissingExtraError.of("train", cause) from cause
        return BLEU() if is_text(self.references) else BLEU(tokenize="none", force=True)

    @cached_property
    def _chrf(self) -> Metric:
        try:
            from sacrebleu.metrics.chrf import CHRF
        except ImportError as cause:
            raise MissingExtraError.of("train", cause) from cause
        return CHRF()


def _as_text(sequence: Text | list[str]) -> str:
    return sequence if isinstance(sequence, str) else " ".join(sequence)
