"""What can be had without a network: scores of the simplest answers that the training part gives, for each task."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.cli.fit_task import Scored, TaskRun
from tidegate.data.target_scale import numbers_of
from tidegate.estimators.classification import Classification
from tidegate.estimators.language_model import LanguageAssessment
from tidegate.estimators.polyphony_model import PolyphonyAssessment
from tidegate.estimators.regression import NumberPredictions
from tidegate.estimators.tag_scores import TagAssessment
from tidegate.estimators.translating import Translation
from tidegate.estimators.translation_assessment import TranslationAssessment

Found = tuple[str, dict[str, float]]


def baseline(run: TaskRun) -> Found:
    """Its name, and its metrics on the part that was scored last."""
    last = run.scored[-1]
    training = run.records if run.files.valid else run.estimator.hold_out(run.records)[0]
    return _BASELINES[type(last.assessment)](run.estimator, training, last)


def _commonest_class(estimator: Any, training: Any, scored: Scored) -> Found:
    """Every example has the probabilities that classes have in training."""
    found: Classification = scored.assessment
    counts = np.bincount(estimator.fitted.preparation.classes.encode(training), minlength=len(found.names))
    shares = np.tile(counts / counts.sum(), (len(found.truth), 1))
    return f"always {found.names[counts.argmax()]}", Classification(found.names, found.truth, shares).metrics


def _mean_number(estimator: Any, training: Any, scored: Scored) -> Found:  # noqa: ARG001 - all baselines take these
    mean = numbers_of(training).mean()
    truth = scored.assessment.truth
    return "always the mean of training", NumberPredictions(truth, np.full(len(truth), mean)).metrics


def _commonest_tag(estimator: Any, training: Any, scored: Scored) -> Found:
    """Each word's own; where training has not met the word, the commonest of all."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sentence in training.sentences:
        for token, tag in zip(sentence.tokens, sentence.tags, strict=True):
            seen[token][tag] += 1
    chosen = {token: tags.most_common(1)[0][0] for token, tags in seen.items()}
    usual = sum(seen.values(), Counter()).most_common(1)[0][0]
    told = [[chosen.get(token, usual) for token in sentence] for sentence in scored.records.tokens]
    metrics = TagAssessment(scored.assessment.truth, told, estimator.fitted.preparation).metrics
    return "each word's commonest tag", metrics


def _frequencies_of_tokens(estimator: Any, training: Any, scored: Scored) -> Found:
    """Each token as likely as it is frequent, one more of each counted (Laplace)."""
    coding, text = estimator.fitted.preparation, scored.records.text
    learnt, tokens = coding.encode_lines(training.text), coding.encode_lines(text)
    counts = np.bincount(learnt, minlength=len(coding.vocabulary)) + 1
    nats = -float(np.log(counts / counts.sum())[tokens].mean())
    bits = nats / math.log(2)
    by_character = bits * len(tokens) / len(text)
    metrics = {"perplexity": math.exp(nats), "bits_per_character": by_character, "bits_per_token": bits}
    return "frequencies of tokens", metrics


def _frequencies_of_notes(estimator: Any, training: Any, scored: Scored) -> Found:  # noqa: ARG001 - as above
    """Each note as likely as it is frequent, one frame with it and one without counted in (Laplace)."""
    frames = np.concatenate(training.rolls)
    shares = (frames.sum(axis=0) + 1) / (len(frames) + 2)
    losses = [_surprise(roll, shares) for roll in scored.records.rolls]
    after = np.concatenate([one[1:] for one in losses])
    metrics = {"nll": float(after.mean()), "nll_with_first": float(np.concatenate(losses).mean())}
    return "frequencies of notes", metrics


def _surprise(roll: NDArray[Any], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-np.where(roll, np.log(shares), np.log1p(-shares)).sum(axis=1))


def _source_copied(estimator: Any, training: Any, scored: Scored) -> Found:  # noqa: ARG001 - as above
    found: TranslationAssessment = scored.assessment
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
