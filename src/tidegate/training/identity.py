"""What a checkpoint belongs to: settings, network, objective and data. Another of any of these cannot go on from it.

Network and objective are compared by their repr, so only what a repr shows is told apart. Not seen are: another
`forward` or `__call__` under the same name, attributes that the repr leaves out (of a class of yours without
`extra_repr` or `__repr__`, all but its layers), what a function closes over, initial weights, and which weights are
frozen. Whoever changes these must not resume.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from tidegate.errors import ConfigurationError, DataError
from tidegate.training.carrying import AnyObjective
from tidegate.training.examples import Examples, fingerprint
from tidegate.training.settings import TrainingSettings


@dataclass(frozen=True)
class Identity:
    """Settings in full, so that a mismatch can be named; digests of the rest."""

    settings: dict[str, Any]
    network: str
    objective: str
    examples: str
    valid: str

    @classmethod
    def of(
        cls,
        model: nn.Module,
        objective: AnyObjective,
        examples: Examples,
        valid: Examples | None,
        settings: TrainingSettings,
    ) -> Identity:
        return cls(
            settings=settings.model_dump(mode="json", exclude={"checkpoint_seconds"}),
            network=_digest(model),
            objective=_digest(objective),
            examples=fingerprint(examples),
            valid="none" if valid is None else fingerprint(valid),
        )

    def require(self, stored: Identity, path: Path) -> None:
        """Raises if the checkpoint at `path`, which belongs to `stored`, is not of this training."""
        remedy = "resume with what the training began with, or start anew without resuming"
        for name in sorted(self.settings.keys() | stored.settings.keys()):
            was, now = stored.settings.get(name), self.settings.get(name)
            if was != now:
                raise ConfigurationError(f"{path}: began with {name}={was!r}, not {now!r}; {remedy}")
        for part in ("network", "objective"):
            if getattr(self, part) != getattr(stored, part):
                raise ConfigurationError(f"{path}: began with another {part}; {remedy}")
        if self.examples != stored.examples:
            raise DataError(f"{path}: began with other training data; {remedy}")
        if self.valid != stored.valid:
            raise DataError(f"{path}: began with other validation data; {remedy}")


def _digest(thing: object) -> str:
    """Of the printed form, in which torch shows layers and their options; memory addresses differ from run to run."""
    return hashlib.blake2b(re.sub(r" at 0x[0-9a-f]+", "", repr(thing)).encode(), digest_size=16).hexdigest()
