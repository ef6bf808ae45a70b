"""Every error a user can meet. A message names the thing, the place and the remedy."""

from __future__ import annotations


class TidegateError(Exception):
    """Base of all errors raised on purpose; the command line prints the message alone and exits with `exit_code`."""

    exit_code = 1


class DataError(TidegateError, ValueError):
    """The user's data cannot be used as they are: the message tells file, line, column and value where known."""


class ConfigurationError(TidegateError, ValueError):
    """An option has a value that does not fit; the message tells what would."""


class ArtefactError(TidegateError, ValueError):
    """A model file is corrupt, truncated, foreign or from a later version."""


class NotFittedError(TidegateError, AttributeError):
    """A method that needs a trained estimator was called before `fit`."""


class MissingExtraError(TidegateError, ImportError):
    """A part that needs an optional extra was used without it; the message names the extra."""

    @classmethod
    def of(cls, extra: str, cause: ImportError) -> MissingExtraError:
        missing = cause.name or str(cause)
        return cls(f"'{missing}' is not installed: pip install 'tidegate[{extra}]'")


class OutdatedBuildError(TidegateError, ImportError):
    """The compiled part was built from older sources than the Python part beside it: it must be built again."""


class TrainingInterrupted(TidegateError):
    """Ctrl-C during training. All finished work is saved; the message tells how to resume."""

    exit_code = 130


class TrainingDiverged(TidegateError, ArithmeticError):
    """A loss or gradient in training is not finite; the message tells epoch, batch and remedy."""
