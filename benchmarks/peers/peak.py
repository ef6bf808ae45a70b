"""The machine's float32 multiply-add peak, measured in turn with the peers: a loop in C that touches no memory."""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import peers
from benchmarks.problem import Array, Problem
from benchmarks.shapes import Pass

_SOURCE = Path(__file__).with_name("peak.c")
_REPETITIONS = 4_000_000
"""Some ten milliseconds a call, beside which starting the threads is nothing."""


class Layer(peers.Layer):
    """Not a layer: `forward` keeps every thread multiplying. OSError or CalledProcessError without a C compiler."""

    def __init__(self, problem: Problem, threads: int) -> None:  # noqa: ARG002 - the peak is the same for all
        self._threads = threads
        self._library = _compiled()
        self._pool = ThreadPoolExecutor(threads)

    def forward(self) -> None:
        list(self._pool.map(self._library.multiply_add, *zip(*[(_REPETITIONS, 0.5, 1.0)] * self._threads, strict=True)))

    def results(self, which: Pass) -> dict[str, Array]:
        raise NotImplementedError("the peak has no result to check")

    def facts(self) -> dict[str, str]:
        return {"operations": str(self._threads * self._library.operations(_REPETITIONS))}


def _compiled() -> ctypes.CDLL:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "peak.so"
        options = ["-O3", "-march=native", "-ffp-contract=fast", "-shared", "-fPIC"]
        subprocess.run([os.environ.get("CC", "cc"), *options, str(_SOURCE), "-o", str(target)], check=True)
        library = ctypes.CDLL(str(target))
    library.multiply_add.argtypes = [ctypes.c_long, ctypes.c_float, ctypes.c_float]
    library.multiply_add.restype = ctypes.c_float
    library.operations.argtypes = [ctypes.c_long]
    library.operations.restype = ctypes.c_double
    return library
