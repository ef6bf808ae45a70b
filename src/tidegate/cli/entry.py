"""Where the command line begins and ends: a command runs, and whatever goes wrong becomes one line and an exit code."""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from collections.abc import Sequence

from tidegate.errors import MissingExtraError, TidegateError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line, by default on the program's own arguments, and returns its exit code.

    0 fine, 1 data or arguments wrong, 2 usage, 130 interrupted. With TIDEGATE_DEBUG=1 errors show where they arose.
    """
    _never_fail_to_print()
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except BrokenPipeError:
        _silence_output()
        return 1
    except (TidegateError, ModuleNotFoundError, OSError, KeyboardInterrupt) as trouble:
        if os.environ.get("TIDEGATE_DEBUG", "0") != "0":
            traceback.print_exc()
        return _told(trouble)


def _run(arguments: Sequence[str]) -> int:
    try:
        from tidegate.cli.app import app
    except ModuleNotFoundError as cause:
        if cause.name != "typer" or arguments[:1] != ["doctor"]:
            raise
        return _doctor_alone(arguments[1:])
    try:
        app(list(arguments), prog_name="tidegate")
    except SystemExit as end:
        if end.code == INTERRUPTED:  # click has taken Ctrl-C, without a word
            return _told(KeyboardInterrupt())
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
    return 0


def _doctor_alone(arguments: Sequence[str]) -> int:
    """A base install has no typer, and is where a doctor is needed most."""
    from tidegate.cli.machine import examine, told

    findings = examine()
    print(json.dumps(findings, indent=2) if "--json" in arguments else told(findings))
    return 0


def _told(trouble: BaseException) -> int:
    if isinstance(trouble, KeyboardInterrupt):
        print("interrupted; what was not finished is not written", file=sys.stderr)
        return INTERRUPTED
    if isinstance(trouble, ModuleNotFoundError) and not isinstance(trouble, TidegateError):
        trouble = _missing_extra(trouble)
    print(f"error: {_words(trouble)}", file=sys.stderr)
    return trouble.exit_code if isinstance(trouble, TidegateError) else 1


def _missing_extra(cause: ModuleNotFoundError) -> MissingExtraError:
    if (cause.name or "").partition(".")[0] == "tidegate":
        raise cause  # a fault of the installation that no extra mends
    return MissingExtraError.of("train", cause)


def _words(trouble: BaseException) -> str:
    if isinstance(trouble, OSError) and not isinstance(trouble, TidegateError) and trouble.strerror:
        return f"{trouble.filename}: {trouble.strerror}" if trouble.filename else trouble.strerror
    return str(trouble)


def _never_fail_to_print() -> None:
    """A terminal that lacks a character shows a question mark for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _silence_output() -> None:
    """Nobody reads on: what is still buffered must not raise again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
