"""A translator's part of the report: some translations beside their references, and what they attended to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from tidegate.cli.gate_report import gate_sections
from tidegate.cli.task_run import Scored
from tidegate.estimators.translation.translating import Translation
from tidegate.estimators.translation.translation_assessment import TranslationAssessment
from tidegate.estimators.translation.translation_preparation import Side, TranslationPreparation
from tidegate.report.matrix import matrix_chart
from tidegate.report.svg import Chart
from tidegate.report.task_facts import Section

_SAMPLES, _MAPS = 10, 4
_MOST_TOKENS = 30  # of either side, for a map that can be read


def translate_sections(estimator: Any, scored: Scored) -> Sequence[Section]:
    """Samples spread evenly over the data, and the attention of the first short ones among them."""
    assessment: TranslationAssessment = scored.assessment
    preparation: TranslationPreparation = estimator.fitted.preparation
    count = len(assessment.translations)
    places = np.unique(np.linspace(0, count - 1, min(count, _SAMPLES)).round().astype(int)).tolist()
    charts = [_map(preparation, assessment.translations[place], place) for place in places if _short(assessment, place)]
    return [
        Section(
            "Translations",
            f"{len(places)} of {count:,}, evenly spaced. BLEU is sacreBLEU's: {assessment.signature}.",
            samples=[_sample(assessment, place) for place in places],
        ),
        Section(
            "What is attended to",
            "Each row is a token of the translation, last its end, and its cells sum to 1; the stronger a cell, the "
            "more of the attention went to the token of the source above it.",
            charts=charts[:_MAPS],
        ),
        *_gates(estimator, scored, preparation.source),
    ]


def _gates(estimator: Any, scored: Scored, source: Side) -> list[Section]:
    """Of the encoder, over the first source."""
    first = scored.records.take(np.arange(1))
    names = _shown(source, source.split(first.sources[0]))
    return gate_sections(
        estimator.fitted.network.encoder,
        partial(estimator.assess, first),
        names,
        f"the first source of {scored.part} data",
    )


def _sample(assessment: TranslationAssessment, place: int) -> str:
    parts = {
        "source": assessment.sources[place],
        "reference": assessment.references[place],
        "translation": assessment.translations[place].text,
    }
    return "\n".join(f"{name:<12} {_line(words)}" for name, words in parts.items())


def _line(words: str | Sequence[str]) -> str:
    return words if isinstance(words, str) else " ".join(words)


def _short(assessment: TranslationAssessment, place: int) -> bool:
    translation = assessment.translations[place]
    return max(len(translation.tokens), len(translation.source_tokens)) <= _MOST_TOKENS


def _map(preparation: TranslationPreparation, translation: Translation, place: int) -> Chart:
    rows = [*_shown(preparation.target, translation.tokens), "(end)"]
    columns = _shown(preparation.source, translation.source_tokens)
    return matrix_chart(
        f"Attention, example {place + 1}",
        translation.attention.astype(np.float64),
        rows,
        columns,
        axes=("translation", "source"),
        description=f"{_line(preparation.source.join(translation.source_tokens))} → {_line(translation.text)}",
    )


def _shown(side: Side, tokens: Sequence[str]) -> list[str]:
    """Each token by itself as one reads it: pieces of BPE stand for bytes, and often begin with a space."""
    return [_line(side.join([token])).strip() or "␣" for token in tokens]
