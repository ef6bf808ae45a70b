"""The folder that one training fills: checkpoints while it runs, model and report at its end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path

from tidegate.errors import ConfigurationError

USUAL = Path("tidegate-run")


@dataclass(frozen=True)
class RunFolder:
    """Where a run's files are. Nothing is created before `create`."""

    path: Path

    @classmethod
    def of(cls, out: Path | None, data: str, resume: bool) -> RunFolder:
        """The folder asked for; else one named after the data: a new one or, to go on with it, the latest there is.

        Raises ConfigurationError where a file is in the way.
        """
        folder = cls._usual(data, resume) if out is None else cls(out)
        in_the_way = next((one for one in (folder.path, *folder.path.parents) if one.is_file()), None)
        if in_the_way is not None:
            where = "" if out is None else f"--out {out}: "
            raise ConfigurationError(f"{where}{in_the_way} is a file; name a folder with --out, there or to be made")
        return folder

    @classmethod
    def _usual(cls, data: str, resume: bool) -> RunFolder:
        named = USUAL / Path(data).stem
        numbered = (cls(named if number == 1 else Path(f"{named}-{number}")) for number in count(1))
        used = list(takewhile(lambda folder: folder.in_use, numbered))
        if resume and used:
            return used[-1]
        return cls(named if not used else Path(f"{named}-{len(used) + 1}"))

    @property
    def in_use(self) -> bool:
        """Whether an earlier run, finished or not, would be lost."""
        return self.model.exists() or (self.checkpoints.is_dir() and any(self.checkpoints.iterdir()))

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
        if self.in_use:
            raise ConfigurationError(
                f"{self.path}: holds a training that is not finished; go on with it with --resume, name another folder "
                "with --out, or begin anew with --force"
            )

    def create(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
