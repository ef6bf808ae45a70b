"""What is printed of a training on sequences: before it, and when it is done."""

from __future__ import annotations

import sys
from typing import Any

from tidegate.cli.run_folder import RunFolder
from tidegate.cli.task_run import TaskFiles, TaskRun
from tidegate.cli.terminal import say, say_json, show_table
from tidegate.report.task_facts import TaskFacts


def announce(files: TaskFiles, records: Any) -> None:
    """What was read, on standard error beside the progress."""
    print(f"{files.data}: {records.summary}", file=sys.stderr, flush=True)


def show(run: TaskRun, facts: TaskFacts, folder: RunFolder) -> None:
    """Scores, notes, where everything is, and what to do next."""
    history = run.estimator.history_
    seconds = sum(epoch.seconds for epoch in history.epochs)
    say(f"Trained in {seconds:.1f} s: {history.summary}.")
    if facts.scores:
        say()
        show_table(facts.score_table)
        say()
    if (signature := run.metrics().get("signature")) is not None:
        say(f"Signature: {signature}")
    for note in facts.notes:
        say(f"Note: {note}")
    say(f"{facts.headline}.")
    say()
    say(f"Model   {folder.model}")
    say(f"Report  {folder.report}")
    for command in facts.next_commands:
        say(f"Next    {command}")


def show_as_json(run: TaskRun, facts: TaskFacts, folder: RunFolder) -> None:
    say_json(
        {
            **run.metrics(),
            "notes": facts.notes,
            "epochs": len(run.estimator.history_),
            "model": str(folder.model),
            "report": str(folder.report),
        }
    )
