"""The command line: `tidegate`. One file per command; nothing heavy is imported before a command runs."""

from tidegate.cli.entry import main

__all__ = ["main"]
