"""The native engine beside torch's own layers, in alternating runs of one process: for work on the engine.

    python -m benchmarks.kernels [--kind gru_after] [--threads 1 2] [--seconds 0.4]

For the comparison with all peers, each in a process of its own, see `make bench`.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from benchmarks.shapes import SHAPES, Shape
from tidegate import _native
from tidegate.nn.kernels import native
from tidegate.nn.kernels.native import GATES, Inputs, Options

Run = Callable[[], object]


def peak() -> float:
    """One core's multiply-adds in registers, in GFLOP/s."""

    def rate() -> float:
        start = time.perf_counter()
        count = _native.busy_float32(200_000)
        return 2e-9 * count / (time.perf_counter() - start)

    return max(rate() for _ in range(10))


def medians(runs: list[Run], seconds: float) -> list[float]:
    """Median time of each, the runs taking turns."""
    for run in runs:
        run()
    start = time.perf_counter()
    for run in runs:
        run()
    rounds = max(3, int(seconds / (time.perf_counter() - start)))
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for found, run in zip(times, runs, strict=True):
            start = time.perf_counter()
            run()
            found.append(time.perf_counter() - start)
    return [statistics.median(one) for one in times]


def runs_of(kind: str, shape: Shape) -> tuple[list[Run], list[Run]]:
    """Forward, and forward and backward, of torch and of the engine."""
    steps, batch, features, units = shape.T, shape.B, shape.F, shape.H
    make = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lst": torch.nn.LSTM}[kind[:3]]
    theirs, options = make(features, units), Options(kind, batch_first=False)
    x, arriving = torch.randn(steps, batch, features, requires_grad=True), torch.randn(steps, batch, units)
    weights = list(theirs.parameters())

    def ours() -> torch.Tensor:
        return native.run(options, Inputs(x, *weights)).y

    def without_gradients(run: Run) -> Run:
        return torch.no_grad()(run)

    def trained(run: Callable[[], torch.Tensor]) -> Run:
        def step() -> None:
            x.grad = None
            theirs.zero_grad()
            run().backward(arriving)

        return step

    forward = [without_gradients(lambda: theirs(x)[0]), without_gradients(ours)]
    return forward, [trained(lambda: theirs(x)[0]), trained(ours)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=sorted(GATES), default="gru_after")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=0.4)
    arguments = parser.parse_args()
    core = peak()
    print(f"{arguments.kind}, {_native.isa()}, one core's peak {core:.0f} GFLOP/s; times in microseconds")
    print(f"{'T,B,F,H':>18} threads | forward: torch   ours  ratio  peak | training: torch   ours  ratio  peak")
    for shape in SHAPES:
        work = 2e-9 * shape.T * shape.B * GATES[arguments.kind] * shape.H * (shape.F + shape.H)
        for threads in arguments.threads:
            torch.set_num_threads(threads)
            row = f"{shape!s:>18} {threads:7}"
            for runs, times_forward in zip(runs_of(arguments.kind, shape), (1, 3), strict=True):
                theirs, ours = medians(runs, arguments.seconds)
                share = times_forward * work / ours / (core * threads)
                row += f" | {1e6 * theirs:12.0f} {1e6 * ours:6.0f} {theirs / ours:5.2f}x {share:5.0%}"
            print(row, flush=True)


if __name__ == "__main__":
    main()
