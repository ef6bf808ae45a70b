"""The folder that one training fills: checkpoints while it runs, model and report at its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import ConfigurationError

USUAL = Path("tidegate-run")


@dataclass(frozen=True)
class RunFolder:
    """Where a run's files are. Nothing is created before `create`."""

    path: Path

    @classmethod
    def of(cls, out: Path | None, data: str) -> RunFolder:
        """The folder asked for, or one named after the data."""
        return cls(out or USUAL / Path(data).stem)

    @property
    def model(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    def refuse_to_overwrite(self) -> None:
        """Raises ConfigurationError where an earlier run, finished or not, would be lost."""
        if self.model.exists():
            raise ConfigurationError(
                f"{self.path}: holds a model already; name another folder with --out, or replace it with --force"
            )
        if self.checkpoints.is_dir() and any(self.checkpoints.iterdir()):
            raise ConfigurationError(
                f"{self.path}: holds a training that is not finished; go on with it with --resume, name another folder "
                "with --out, or begin anew with --force"
            )

    def create(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
