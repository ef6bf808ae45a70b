"""What a trained estimator of sequences and its scores come to, as the facts of a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.cli.settings import by_origin
from tidegate.cli.task_baseline import Found, baseline
from tidegate.cli.task_run import Sections, TaskRun
from tidegate.models.encoder import LABELS
from tidegate.report.facts import LearningCurves
from tidegate.report.metrics import metric_label
from tidegate.report.task_facts import TaskFacts

_PER_TOKEN = "cross-entropy of a token, in nats"
_LOSSES = {
    "classifier": "cross-entropy of an example, in nats",
    "regressor": "{loss} of scaled targets",
    "tagger": "−ln p of a tag, in nats",
    "language-model": _PER_TOKEN,
    "polyphony-model": "−ln p of a frame, in nats",
    "translator": _PER_TOKEN,
}


def task_facts(run: TaskRun, sections: Sections, next_commands: Sequence[str]) -> TaskFacts:
    """All that the page tells; the task's own sections are about the part of the data scored last."""
    fitted = run.estimator.fitted
    simplest = baseline(run) if run.scored else None
    chosen, settled, usual = by_origin(run.estimator.options, fitted.options)
    return TaskFacts(
        title=f"{type(run.estimator).__name__}: {Path(run.files.data).name}",
        headline=headline(run, simplest),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        trained=_trained(run),
        scores={**run.scores, **_baseline_scores(run, simplest)},
        learning=_learning(run),
        sections=list(sections(run.estimator, run.scored[-1])) if run.scored else [],
        notes=run.estimator.notes_,
        configuration=chosen,
        settled=settled,
        usual=usual,
        fingerprint={"file": Path(run.files.data).name, **fitted.fingerprint},
        next_commands=next_commands,
    )


def headline(run: TaskRun, simplest: Found | None) -> str:
    """The first of the metrics, which is the most telling, beside the baseline's, and where it was measured."""
    label = LABELS[run.estimator.options.cell]
    if simplest is None:
        return f"{label}: not scored, as nothing was held out"
    last = run.scored[-1]
    name, value = next(iter(last.assessment.metrics.items()))
    beside = f" ({simplest[0]}: {simplest[1][name]:.4g})"
    return f"{label}: {metric_label(name)} {value:.4g}{beside} on {last.part} data, {last.records.summary}"


def _baseline_scores(run: TaskRun, simplest: Found | None) -> dict[str, dict[str, float]]:
    return {} if simplest is None else {f"{run.scored[-1].part}, baseline: {simplest[0]}": simplest[1]}


def _trained(run: TaskRun) -> dict[str, object]:
    fitted, history = run.estimator.fitted, run.estimator.history_
    weights = sum(weight.numel() for weight in fitted.network.parameters())
    return {
        "cell": LABELS[fitted.options.cell],
        "layers × units": f"{fitted.options.num_layers} × {fitted.options.hidden_size}",
        "weights": f"{weights:,}",
        "read": run.records.summary,
        "training": f"{history.summary}; {sum(epoch.seconds for epoch in history.epochs):,.1f} s",
    }


def _learning(run: TaskRun) -> LearningCurves:
    epochs: Any = run.estimator.history_.epochs
    valid = np.array([epoch.valid["loss"] for epoch in epochs if epoch.valid is not None])
    return LearningCurves(
        train=np.array([epoch.train["loss"] for epoch in epochs]),
        valid=valid if len(valid) else None,
        best_epoch=run.estimator.history_.best + 1,
        loss=_LOSSES[run.estimator.KIND].format(loss=getattr(run.estimator.fitted.options, "loss", "")),
    )
