"""Mixed shapes with gradients for as long as wished: does the engine keep memory?

    python -m benchmarks.soak --minutes 60

One line of JSON a minute; the exit code is 1 if the process grew by more than its allowance after the first minute.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from itertools import count

import torch

from benchmarks.resident import resident_bytes
from tidegate import nn

ALLOWANCE = 64 * 2**20
"""A thread keeps a workspace up to this size, and the allocator keeps freed pages for the next use."""
_LONGEST, _WIDEST = 40, 256


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    draw = random.Random(options.seed)
    torch.manual_seed(options.seed)
    warm(draw)
    return 0 if soak(draw, options.minutes) else 1


def warm(draw: random.Random) -> None:
    """Calls until the largest have been seen, so that what is kept on purpose is there."""
    for _ in range(50):
        train_once(draw)


def soak(draw: random.Random, minutes: float) -> bool:
    """Run for so long; whether the process stayed within its allowance."""
    start, before, calls = time.monotonic(), resident_bytes(), 0
    for minute in count(1):
        end = start + 60 * min(minute, minutes)
        while time.monotonic() < end:
            train_once(draw)
            calls += 1
        grown = resident_bytes() - before
        report = {
            "minute": min(minute, minutes),
            "calls": calls,
            "resident_bytes": before + grown,
            "grown_bytes": grown,
        }
        print(json.dumps(report), flush=True)
        if grown > ALLOWANCE:
            return False
        if minute >= minutes:
            return True
    raise AssertionError("the count has no end")


def train_once(draw: random.Random) -> None:
    """One random layer, forward and backward, dense or ragged."""
    layer = random_layer(draw)
    steps, batch = draw.randint(1, _LONGEST), draw.randint(1, 32)
    x = torch.randn(steps, batch, layer.input_size, requires_grad=True)
    lengths = [draw.randint(0, steps) for _ in range(batch)] if draw.random() < 0.5 else None
    layer(x, lengths=lengths)[0].square().sum().backward()


def random_layer(draw: random.Random) -> nn.RNN | nn.GRU | nn.LSTM:
    kind = draw.choice([nn.RNN, nn.GRU, nn.LSTM])
    width = draw.choice([1, 7, 32, 100, _WIDEST])
    options = {
        "num_layers": draw.randint(1, 2),
        "bidirectional": draw.random() < 0.5,
        "zoneout": draw.choice([0.0, 0.1]),
    }
    return kind(draw.randint(1, 64), width, **options)


if __name__ == "__main__":
    sys.exit(main())
