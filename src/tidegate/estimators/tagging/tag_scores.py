"""Tags told beside the true ones: accuracy, span scores, and what a report shows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tidegate.data.spans import Tally, span_scores, total
from tidegate.data.tagged import Tagged
from tidegate.estimators.tagging.tagging_preparation import TaggingPreparation


@dataclass(frozen=True)
class TagAssessment:
    """Sentences with true tags, and the tags told for them by a tagger of this preparation."""

    truth: Tagged
    told: Sequence[Sequence[str]]
    preparation: TaggingPreparation

    @property
    def metrics(self) -> dict[str, float]:
        """Span F1, precision and recall where the tags write spans; accuracy over all tokens and over unknown words."""
        scores = {}
        if self.preparation.scheme:
            overall = total(self.spans.values())
            scores = {"f1": overall.f1, "precision": overall.precision, "recall": overall.recall}
        rights = [(word, gold == told) for word, gold, told in self._tokens()]
        unknown = [right for word, right in rights if not self.preparation.is_known(word)]
        scores["accuracy"] = sum(right for _, right in rights) / len(rights)
        if unknown:
            scores["accuracy_unknown_words"] = sum(unknown) / len(unknown)
        return scores

    @cached_property
    def spans(self) -> dict[str, Tally]:
        """Span scores by kind, as conlleval counts them; empty where the tags write no spans."""
        return span_scores(self.truth.tags, self.told) if self.preparation.scheme else {}

    @cached_property
    def tags(self) -> dict[str, Tally]:
        """Scores of each tag, the most frequent first."""
        gold = Counter(tag for _, tag, _ in self._tokens())
        told = Counter(tag for _, _, tag in self._tokens())
        right = Counter(tag for _, tag, said in self._tokens() if tag == said)
        names = sorted(gold | told, key=lambda tag: (-gold[tag], tag))
        return {tag: Tally(gold[tag], told[tag], right[tag]) for tag in names}

    @cached_property
    def confusions(self) -> Counter[tuple[str, str]]:
        """How often a true tag (first) was taken for another (second)."""
        return Counter((gold, told) for _, gold, told in self._tokens() if gold != told)

    @property
    def unmet(self) -> dict[str, int]:
        """True tags that training has not met, and at how many tokens; they are told wrongly of necessity."""
        return {tag: one.gold for tag, one in self.tags.items() if tag not in self.preparation.tags}

    def _tokens(self) -> list[tuple[str, str, str]]:
        pairs = zip(self.truth.sentences, self.told, strict=True)
        return [token for one, told in pairs for token in zip(one.tokens, one.tags, told, strict=True)]
