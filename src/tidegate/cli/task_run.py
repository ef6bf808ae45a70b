"""A run of `fit TASK`, but of forecasting: its files, its manner, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.cli.run_folder import RunFolder

if TYPE_CHECKING:
    from tidegate.estimators.sequence_estimator import SequenceEstimator
    from tidegate.report.task_facts import Section

    Estimator = SequenceEstimator[Any, Any, Any]


@dataclass(frozen=True)
class TaskFiles:
    """What to learn from, what to watch and what to score on; `names` tell which columns play which part."""

    data: str
    valid: str | None = None
    test: str | None = None
    names: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def given_names(self) -> dict[str, str]:
        return {part: name for part, name in self.names.items() if name is not None}


@dataclass(frozen=True)
class Manner:
    """Where a run's files go and how much it says."""

    out: Path | None
    resume: bool
    force: bool
    as_json: bool
    quiet: bool

    def folder(self, data: str) -> RunFolder:
        """The run's folder. Raises ConfigurationError where an earlier run would be lost without being asked for."""
        folder = RunFolder.of(self.out, data, self.resume)
        if not (self.resume or self.force):
            folder.refuse_to_overwrite()
        return folder


@dataclass(frozen=True)
class Scored:
    """A part of the data ("validation", "test") with its records and how the estimator does on them."""

    part: str
    records: Any
    assessment: Any


Sections = Callable[["Estimator", Scored], Sequence["Section"]]


@dataclass(frozen=True)
class TaskRun:
    """A trained estimator, and its scores: the last are those that count."""

    files: TaskFiles
    estimator: Estimator
    records: Any
    scored: Sequence[Scored]

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        return {one.part: one.assessment.metrics for one in self.scored}

    def metrics(self) -> dict[str, Any]:
        """What the model file and `--json` hold; no metrics where nothing was held out."""
        if not self.scored:
            return {"metrics": {}, "evaluation": "nothing held out", "scores": {}}
        last = self.scored[-1]
        return {**told_scores(last.assessment), "evaluation": last.part, "scores": self.scores}


def told_scores(assessment: Any) -> dict[str, Any]:
    """The metrics and, where they were computed in one of several customary ways, the signature that says which."""
    signature = getattr(assessment, "signature", None)
    return {"metrics": assessment.metrics} | ({"signature": signature} if signature else {})
