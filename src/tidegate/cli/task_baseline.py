"""What can be had without a network: scores of the simplest answers that the training part gives, for each task."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tidegate.cli.task_run import Scored, TaskRun
from tidegate.data.target_scale import numbers_of
from tidegate.estimators.labelled.classification import Classification
from tidegate.estimators.labelled.regression import NumberPredictions
from tidegate.estimators.language.language_model import LanguageAssessment
from tidegate.estimators.language.polyphony_model import PolyphonyAssessment
from tidegate.estimators.tagging.tag_scores import TagAssessment
from tidegate.estimators.translation.translating import Translation
from tidegate.estimators.translation.translation_assessment import TranslationAssessment

Found = tuple[str, dict[str, float]]


class Question(NamedTuple):
    """Whose answer a baseline stands beside, what both may learn from, and what was scored."""

    estimator: Any
    training: Any
    scored: Scored


def baseline(run: TaskRun) -> Found:
    """Its name, and its metrics on the part that was scored last."""
    last = run.scored[-1]
    training = run.records if run.files.valid else run.estimator.hold_out(run.records)[0]
    return _BASELINES[type(last.assessment)](Question(run.estimator, training, last))


def _commonest_class(asked: Question) -> Found:
    """Every example has the probabilities that classes have in training."""
    found: Classification = asked.scored.assessment
    counts = np.bincount(asked.estimator.fitted.preparation.classes.encode(asked.training), minlength=len(found.names))
    shares = np.tile(counts / counts.sum(), (len(found.truth), 1))
    return f"always {found.names[counts.argmax()]}", Classification(found.names, found.truth, shares).metrics


def _mean_number(asked: Question) -> Found:
    mean = numbers_of(asked.training).mean()
    truth = asked.scored.assessment.truth
    return "always the mean of training", NumberPredictions(truth, np.full(len(truth), mean)).metrics


def _commonest_tag(asked: Question) -> Found:
    """Each word's own; where training has not met the word, the commonest of all."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in asked.training.sentences:
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            seen[token][tag] += 1
    chosen = {token: tags.most_common(1)[0][0] for token, tags in seen.items()}
    usual = sum(seen.values(), Counter()).most_common(1)[0][0]
    told = [[chosen.get(token, usual) for token in sentence] for sentence in asked.scored.records.tokens]
    metrics = TagAssessment(asked.scored.assessment.truth, told, asked.estimator.fitted.preparation).metrics
    return "each word's commonest tag", metrics


def _frequencies_of_tokens(asked: Question) -> Found:
    """Each token as likely as it is frequent, one more of each counted (Laplace)."""
    coding, text = asked.estimator.fitted.preparation, asked.scored.records.text
    learnt, tokens = coding.encode_lines(asked.training.text), coding.encode_lines(text)
    counts = np.bincount(learnt, minlength=len(coding.vocabulary)) + 1
    nats = -float(np.log(counts / counts.sum())[tokens].mean())
    return "frequencies of tokens", LanguageAssessment.of(nats, len(tokens), coding.characters(text)).metrics


def _frequencies_of_notes(asked: Question) -> Found:
    """Each note as likely as it is frequent, one frame with it and one without counted in (Laplace)."""
    frames = np.concatenate(asked.training.rolls)
    shares = (frames.sum(axis=0) + 1) / (len(frames) + 2)
    losses = [_surprise(roll, shares) for roll in asked.scored.records.rolls]
    return "frequencies of notes", PolyphonyAssessment.of(losses).metrics


def _surprise(roll: NDArray[Any], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-np.where(roll, np.log(shares), np.log1p(-shares)).sum(axis=1))


def _source_copied(asked: Question) -> Found:
    found: TranslationAssessment = asked.scored.assessment
    copies = [_copy(source) for source in found.sources]
    metrics = TranslationAssessment(found.sources, found.references, copies, math.nan).metrics
    return "the source, copied", {name: value for name, value in metrics.items() if name != "perplexity"}


def _copy(source: Any) -> Translation:
    return Translation(source, 0.0, [], [], np.empty((1, 0), np.float32))


_BASELINES = {
    Classification: _commonest_class,
    NumberPredictions: _mean_number,
    TagAssessment: _commonest_tag,
    LanguageAssessment: _frequencies_of_tokens,
    PolyphonyAssessment: _frequencies_of_notes,
    TranslationAssessment: _source_copied,
}
