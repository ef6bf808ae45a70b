"""`tidegate doctor`: what is installed here, what is missing, and what that means."""

from __future__ import annotations

import json

import typer

from tidegate.cli.arguments import Json
from tidegate.cli.machine import examine, told

EXAMPLES = """\b
Examples:
  tidegate doctor
  tidegate doctor --json
"""


def doctor(as_json: Json = False) -> None:
    """Show versions, the native module, threads, which path layers take, and which extras are missing."""
    findings = examine()
    typer.echo(json.dumps(findings, indent=2) if as_json else told(findings))
