"""The way of every `fit TASK` but forecasting: read, train, score, write model and report, tell."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tidegate.cli.task_run import Manner, Scored, Sections, TaskFiles, TaskRun
from tidegate.errors import ConfigurationError

if TYPE_CHECKING:
    from tidegate.cli.run_folder import RunFolder
    from tidegate.cli.task_run import Estimator


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
