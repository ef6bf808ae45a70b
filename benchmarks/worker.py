"""The child process: builds one peer's layer, times it and hands over its results, as told line by line on stdin.

Each command is a JSON object on a line, `{"do": "build", …}`; each answer another, with "failed" if it went wrong.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

import numpy as np

from benchmarks.peers import Layer, layer_type
from benchmarks.problem import problem_of
from benchmarks.resident import reset_peak, resident_bytes, resident_peak_bytes
from benchmarks.shapes import Case, Cell, Pass, Shape

Answer = dict[str, Any]


class Worker:
    """One peer, and the layer it built last."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._layer: Layer | None = None

    def build(self, cell: Cell, shape: str, ragged: bool, threads: int) -> Answer:
        # The old layer goes first: two large ones need not fit.
        self._layer = None
        problem = problem_of(Case(cell, Shape.parse(shape), ragged))
        self._layer = layer_type(self._peer)(problem, threads)
        return {"facts": self._layer.facts()}

    def results(self, which: Pass, path: str) -> Answer:
        np.savez(path, allow_pickle=False, **self._built.results(which))
        return {}

    def time(self, which: Pass, calls: int) -> Answer:
        """Seconds a call, and processor seconds a second: how many cores were at work."""
        call = self._call(which)
        for _ in range(1 + calls // 10):
            call()
        start, busy = time.perf_counter(), time.process_time()
        for _ in range(calls):
            call()
        seconds = time.perf_counter() - start
        return {"seconds": seconds / calls, "cores": (time.process_time() - busy) / seconds}

    def memory(self, steps: int) -> Answer:
        """Bytes by which training steps raise the memory of this process at their peak."""
        call = self._call("training")
        reset_peak()
        before = resident_bytes()
        for _ in range(steps):
            call()
        return {"bytes": resident_peak_bytes() - before}

    @property
    def _built(self) -> Layer:
        if self._layer is None:
            raise RuntimeError("nothing is built yet")
        return self._layer

    def _call(self, which: Pass) -> Callable[[], None]:
        self._built.prepare(which)
        return self._built.forward if which == "forward" else self._built.train


def serve(worker: Worker, commands: TextIO, answers: TextIO) -> None:
    """Answers each command until there are no more."""
    for line in commands:
        print(json.dumps(_answer(worker, json.loads(line))), file=answers, flush=True)


def _answer(worker: Worker, command: dict[str, Any]) -> Answer:
    try:
        answer: Answer = getattr(worker, command.pop("do"))(**command)
    except ImportError as error:
        return {"failed": f"not installed: {error}"}
    except Exception as error:  # the parent names it in the table and goes on with the others
        return {"failed": f"{type(error).__name__}: {error}"}
    return answer


if __name__ == "__main__":
    # Frameworks print to stdout as they please: it goes to stderr, and the answers go where it went.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(Worker(sys.argv[1]), sys.stdin, answers)
