"""How training tells where it is: a bar on a terminal, plain lines in a log, or nothing. It never changes a result."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tidegate.training.history import Epoch

if TYPE_CHECKING:
    from rich.progress import Progress

_REFRESH_SECONDS = 0.1


@dataclass(frozen=True)
class Place:
    """Where training is: `batch` of `batches` are done in epoch `epoch` of `epochs` (from 0)."""

    epoch: int
    epochs: int
    batch: int
    batches: int

    def __str__(self) -> str:
        return f"epoch {self.epoch + 1}/{self.epochs}"


class Reporter(Protocol):
    """Is told of each batch (its size and mean loss) and each epoch; `close` comes once, also after an error."""

    def batch(self, place: Place, samples: int, loss: float, /) -> None: ...

    def epoch(self, place: Place, record: Epoch, /) -> None: ...

    def close(self) -> None: ...


def reporter() -> Reporter:
    """A bar if standard error is a terminal, lines otherwise."""
    return Bar() if sys.stderr.isatty() else Lines()


class Silent:
    """Says nothing."""

    def batch(self, place: Place, samples: int, loss: float, /) -> None:
        pass

    def epoch(self, place: Place, record: Epoch, /) -> None:
        pass

    def close(self) -> None:
        pass


class Speed:
    """Samples in a second, since the first batch."""

    def __init__(self) -> None:
        self._started: float | None = None
        self._samples = 0

    def add(self, samples: int) -> None:
        if self._started is None:
            self._started = time.monotonic()  # the first batch is not counted: when it began is not known
        else:
            self._samples += samples

    def __str__(self) -> str:
        elapsed = 0.0 if self._started is None else time.monotonic() - self._started
        return f"{self._samples / elapsed:,.0f} samples/s" if elapsed and self._samples else "… samples/s"


class Lines:
    """One line on standard error after each epoch."""

    def __init__(self) -> None:
        self._speed = Speed()

    def batch(self, place: Place, samples: int, loss: float, /) -> None:  # noqa: ARG002 - the protocol has them
        self._speed.add(samples)

    def epoch(self, place: Place, record: Epoch, /) -> None:
        parts = [str(place), _losses(record), str(self._speed), f"{record.seconds:.1f} s"]
        print("  ".join(parts), file=sys.stderr, flush=True)

    def close(self) -> None:
        pass


class Bar:
    """A rich progress bar on standard error over all epochs, with losses, samples/s and time left."""

    def __init__(self) -> None:
        self._speed = Speed()
        self._progress: Progress | None = None
        self._valid = ""
        self._shown = 0.0

    def batch(self, place: Place, samples: int, loss: float, /) -> None:
        self._speed.add(samples)
        now = time.monotonic()
        if now - self._shown >= _REFRESH_SECONDS:
            self._shown = now
            self._show(place, f"loss {loss:.4g}{self._valid}")

    def epoch(self, place: Place, record: Epoch, /) -> None:
        if record.valid is not None:
            self._valid = f"  valid {record.valid['loss']:.4g}"
        self._show(place, _losses(record))

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _show(self, place: Place, losses: str) -> None:
        if self._progress is None:
            self._progress = _bar()
            self._progress.add_task("", total=None)
        self._progress.update(
            self._progress.task_ids[0],
            total=place.epochs * place.batches,
            completed=place.epoch * place.batches + place.batch,
            description=f"{place}  {losses}  {self._speed}",
        )


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    progress.start()
    return progress


def _losses(record: Epoch) -> str:
    valid = "" if record.valid is None else f"  valid {record.valid['loss']:.4g}"
    return f"loss {record.train['loss']:.4g}{valid}"
