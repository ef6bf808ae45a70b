"""What a trained estimator of sequences and its scores come to, as the facts of a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tidegate.cli.fit_task import Sections, TaskRun
from tidegate.models.encoder import LABELS
from tidegate.report.facts import LearningCurves
from tidegate.report.task_facts import TaskFacts


def task_facts(run: TaskRun, sections: Sections, next_commands: Sequence[str]) -> TaskFacts:
    """All that the page tells; the task's own sections are about the part of the data scored last."""
    fitted = run.estimator.fitted
    return TaskFacts(
        title=f"{type(run.estimator).__name__}: {Path(run.files.data).name}",
        headline=headline(run),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        trained=_trained(run),
        scores=run.scores,
        learning=_learning(run),
        sections=list(sections(run.estimator, run.scored[-1])) if run.scored else [],
        notes=run.estimator.notes_,
        configuration=fitted.options.model_dump(),
        fingerprint={"file": Path(run.files.data).name, **fitted.fingerprint},
        next_commands=next_commands,
    )


def headline(run: TaskRun) -> str:
    """The first of the metrics, which is the most telling, and where it was measured."""
    label = LABELS[run.estimator.options.cell]
    if not run.scored:
        return f"{label}: not scored, as nothing was held out"
    last = run.scored[-1]
    name, value = next(iter(last.assessment.metrics.items()))
    return f"{label}: {name.replace('_', ' ')} {value:.4g} on {last.part} data, {last.records.summary}"


def _trained(run: TaskRun) -> dict[str, object]:
    fitted, history = run.estimator.fitted, run.estimator.history_
    weights = sum(weight.numel() for weight in fitted.network.parameters())
    return {
        "cell": LABELS[fitted.options.cell],
        "layers × units": f"{fitted.options.num_layers} × {fitted.options.hidden_size}",
        "weights": f"{weights:,}",
        "read": run.records.summary,
        "epochs": f"{len(history)}, the best of them {history.best + 1}",
        "seconds": sum(epoch.seconds for epoch in history.epochs),
    }


def _learning(run: TaskRun) -> LearningCurves:
    epochs: Any = run.estimator.history_.epochs
    valid = np.array([epoch.valid["loss"] for epoch in epochs if epoch.valid is not None])
    return LearningCurves(
        train=np.array([epoch.train["loss"] for epoch in epochs]),
        valid=valid if len(valid) else None,
        best_epoch=run.estimator.history_.best + 1,
    )
