"""What the report of a tagger tells beside the usual."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from tidegate.report.matrix import confusion_chart
from tidegate.report.task_facts import Section, Table

if TYPE_CHECKING:
    from tidegate.cli.task_run import Scored
    from tidegate.data.spans import Tally
    from tidegate.data.tagged import Sentence
from tidegate.estimators.tagging.tag_scores import TagAssessment

_MOST_TAGS, _MOST_CONFUSED, _MOST_SENTENCES = 30, 12, 10
_LINE = 100


def tag_sections(estimator: Any, scored: Scored) -> list[Section]:
    """Scores of spans and of tags, what is taken for what, sentences with their mistakes marked, and the gates."""
    from tidegate.cli.gate_report import gate_sections

    first = scored.records.take(np.arange(1))
    names, told = list(first.sentences[0].tokens), f"the first sentence of {scored.part} data"
    gates = gate_sections(estimator.fitted.network.encoder, partial(estimator.assess, first), names, told)
    return [*score_sections(scored), *gates]


def score_sections(scored: Scored) -> list[Section]:
    """All that is told of the tags alone."""
    found: TagAssessment = scored.assessment
    spans = [_spans(found, scored.part)] if found.spans else []
    return [*spans, _by_tag(found, scored.part), _confusions(found), _sentences(found)]


def _spans(found: TagAssessment, part: str) -> Section:
    rows = [(kind, one.precision, one.recall, one.f1, one.gold) for kind, one in found.spans.items()]
    words = f"Spans of {part} data, right if in kind and from the first token to the last, as conlleval counts them."
    return Section("By span", words, tables=[Table("By span", ["kind", "precision", "recall", "f1", "spans"], rows)])


def _by_tag(found: TagAssessment, part: str) -> Section:
    rows = [(tag, one.precision, one.recall, _f1(one), one.gold) for tag, one in found.tags.items()]
    table = Table("By tag", ["tag", "precision", "recall", "f1", "tokens"], rows)
    unmet = ", ".join(f"{tag} ({count})" for tag, count in found.unmet.items())
    words = f" Training has not met these tags, which so cannot be told: {unmet}." if unmet else ""
    return Section("By tag", f"Token by token, on {part} data.{words}", tables=[table])


def _f1(score: Tally) -> float:
    """2 right / (told + true), which is the harmonic mean of precision and recall."""
    return 2 * score.right / (score.told + score.gold)


def _confusions(found: TagAssessment) -> Section:
    """The whole matrix where one can read it, and the commonest mistakes."""
    names = list(found.tags)
    charts = [confusion_chart(_matrix(found, names), names, "tokens")] if len(names) <= _MOST_TAGS else []
    rows = [(gold, told, count) for (gold, told), count in found.confusions.most_common(_MOST_CONFUSED)]
    tables = [Table("Commonest mistakes", ["truth", "prediction", "tokens"], rows)] if rows else []
    return Section("What is taken for what", charts=charts, tables=tables)


def _matrix(found: TagAssessment, names: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    place = {name: number for number, name in enumerate(names)}
    counts = np.diag([float(one.right) for one in found.tags.values()])
    for (gold, told), count in found.confusions.items():
        counts[place[gold], place[told]] = count
    return counts


def _sentences(found: TagAssessment) -> Section:
    """The first sentences that hold a mistake."""
    pairs = list(zip(found.truth.sentences, found.told, strict=True))
    wrong = [(one, told) for one, told in pairs if list(one.tags) != list(told)]
    words = (
        f"{len(pairs) - len(wrong):,} of {len(pairs):,} sentences are right throughout. The first with a mistake; "
        "a mistake stands in brackets, with the true tag."
    )
    samples = [_marked(one, list(told)) for one, told in wrong[:_MOST_SENTENCES]]
    return Section("Sentences", words, samples=samples)


def _marked(sentence: Sentence, told: list[str]) -> str:
    parts = [
        f"{token}/{gold}" if gold == said else f"{token}/[{said}, true: {gold}]".replace(" ", "\N{NO-BREAK SPACE}")
        for token, gold, said in zip(sentence.tokens, sentence.tags, told, strict=True)
    ]
    return textwrap.fill("  ".join(parts), _LINE, break_long_words=False, break_on_hyphens=False)
