"""The way of every `fit TASK` but forecasting: read, train, score, write model and report, tell."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.cli.run_folder import RunFolder
from tidegate.errors import ConfigurationError

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


def fit_task(estimator: Estimator, files: TaskFiles, manner: Manner, sections: Sections) -> None:
    """Trains `estimator` on the files and writes model and report; `sections` are the task's own part of the report.

    All files are read and checked before training, so that a fault in one costs none.
    """
    from tidegate.cli.task_outcome import announce, show, show_as_json
    from tidegate.cli.task_report import task_facts
    from tidegate.data.compressed import bare_ending
    from tidegate.report.task_page import write_task_report

    folder = manner.folder(files.data)
    names = files.given_names
    records, valid, test = (None if file is None else estimator.read(file, names) for file in _all(files))
    _require_read(files, records)
    if not manner.quiet:
        announce(files, records)
    _train(estimator, (records, valid, test), folder, manner)
    run = TaskRun(files, estimator, records, _scored(estimator, records, valid, test))
    estimator.save(folder.model, metrics=run.metrics())
    following = shlex.join(["tidegate", "predict", str(folder.model), f"NEW-DATA{bare_ending(Path(files.data))}"])
    facts = task_facts(run, sections, [following])
    write_task_report(facts, folder.report)
    if manner.as_json:
        show_as_json(run, facts, folder)
    elif not manner.quiet:
        show(run, facts, folder)


def _require_read(files: TaskFiles, records: Any) -> None:
    """A column that was named, but that data of this kind do not have, was meant to be read."""
    for part, name in files.given_names.items():
        if part not in records.names:
            raise ConfigurationError(f"--{part} {name}: {files.data} has no use for it; leave it out")


def _all(files: TaskFiles) -> tuple[str | None, ...]:
    return files.data, files.valid, files.test


def _train(estimator: Estimator, given: tuple[Any, Any, Any], folder: RunFolder, manner: Manner) -> None:
    from tidegate.training.progress import Silent, reporter

    told = Silent() if manner.quiet else reporter()
    records, valid, test = given
    estimator.fit(records, valid=valid, test=test, directory=folder.checkpoints, resume=manner.resume, reporter=told)


def _scored(estimator: Estimator, records: Any, valid: Any, test: Any) -> list[Scored]:
    watched = estimator.hold_out(records)[1] if valid is None else valid
    parts = {"validation": watched, "test": test}
    return [Scored(part, given, estimator.assess(given)) for part, given in parts.items() if given is not None]
