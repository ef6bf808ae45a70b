"""The parent's hold on the worker processes: one per contender, kept from case to case, so as to load once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.peers import Name

_ROOT = Path(__file__).parents[1]
_ENVIRONMENT = dict(os.environ)
"""As it was before tidegate was imported, which sets how OpenMP's threads wait: the peers must not inherit that."""


class ChildError(Exception):
    """A worker could not do what it was told; the message says why in one line."""


class Seat(NamedTuple):
    """Who runs in a process: two contenders of one peer sit on different places."""

    peer: Name
    threads: int
    place: int = 0


class Child:
    """One worker process."""

    def __init__(self, seat: Seat) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", seat.peer],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_ENVIRONMENT | _limits(seat.threads),
            cwd=_ROOT,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have it do something and wait for the answer; ChildError if it fails or dies."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            print(json.dumps({"do": do, **arguments}), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise ChildError(f"its process ended with code {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise ChildError(answer["failed"].splitlines()[0])
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Children:
    """The worker processes now alive, by seat; a `with` block ends them all."""

    def __init__(self) -> None:
        self._children: dict[Seat, Child] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.keep(())

    def at(self, seat: Seat) -> Child:
        """The child on this seat, started if there is none alive."""
        if seat not in self._children or not self._children[seat].alive:
            self._children[seat] = Child(seat)
        return self._children[seat]

    def keep(self, seats: Iterable[Seat]) -> None:
        """End all others: they hold memory."""
        for seat in self._children.keys() - set(seats):
            self._children.pop(seat).close()


def _limits(threads: int) -> dict[str, str]:
    # Read once when a library loads, and XLA's count cannot be set otherwise. How idle threads wait is left to each
    # library: telling them to sleep at once would slow down the starts of their parallel regions.
    return dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC"), str(threads))
