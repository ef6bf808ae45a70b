"""From seconds, round by round, to medians and ratios."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from benchmarks.peers import PEERS, RIVALS
from benchmarks.shapes import Case, Shape

Record = Mapping[str, Any]
"""What `comparison.measure` or `memory.measure_memory` wrote down of one comparison."""


class Spread(NamedTuple):
    """A ratio over several shapes, and how many of them have one."""

    mean: float
    worst: float
    worst_shape: str
    known: int


def seconds(record: Record, label: str) -> float | None:
    """The median over the rounds; None if the contender was left out."""
    entry = record["contenders"].get(label)
    return float(median(entry["seconds"])) if entry else None


def ratio(record: Record, label: str, to: str) -> float | None:
    """label ÷ to in time, the median of the ratios of each round: what slows a round down slows both."""
    entries = record["contenders"]
    if label not in entries or to not in entries:
        return None
    pairs = zip(entries[label]["seconds"], entries[to]["seconds"], strict=True)
    return float(median(one / other for one, other in pairs))


def robbed_share(records: Iterable[Record]) -> float | None:
    """The share of single-threaded turns in which something else had more than a twentieth of the core: it was not
    quiet then. None without such turns."""
    single = [record for record in records if record["threads"] == 1 and record["measure"] != "memory"]
    cores = [turn for record in single for entry in record["contenders"].values() for turn in entry["cores"]]
    return sum(turn < 0.95 for turn in cores) / len(cores) if cores else None


def best_peer(record: Record) -> str | None:
    """The peer with the least median."""
    medians = {label: s for label in RIVALS if (s := seconds(record, label)) is not None}
    return min(medians, key=medians.__getitem__) if medians else None


def missing_peers(record: Record) -> set[str]:
    """The peers that could run this but have no figures: then "the best of all peers" is the best of fewer."""
    case = Case(record["cell"], Shape.parse(record["shape"]))
    return {name for name in RIVALS if PEERS[name].can(case, record["pass"]) and name not in record["contenders"]}


def lead(record: Record, against: str) -> float | None:
    """How many times longer `against` takes than we do; "best" stands for the best of all peers."""
    rival = best_peer(record) if against == "best" else against
    return ratio(record, rival, "tidegate") if rival else None


def peak(record: Record) -> float | None:
    """The machine's operations a second on all threads of this comparison, measured in the same rounds."""
    entry = record["contenders"].get("peak")
    return float(entry["operations"]) / median(entry["seconds"]) if entry else None


def peak_share(record: Record, operations: int) -> float | None:
    """The share of the machine's peak that our forward pass reaches."""
    taken, most = seconds(record, "tidegate"), peak(record)
    return operations / taken / most if taken and most else None


def spread(values: Iterable[tuple[str, float | None]], worst_is: str) -> Spread | None:
    """Geometric mean and worst of the ratios of some shapes; worst_is "least" or "most"; None if there is no ratio."""
    known = [(shape, value) for shape, value in values if value is not None]
    if not known:
        return None
    shape, worst = (min if worst_is == "least" else max)(known, key=lambda pair: pair[1])
    return Spread(geometric_mean([value for _, value in known]), worst, shape, len(known))


def geometric_mean(values: Sequence[float]) -> float:
    return math.exp(math.fsum(map(math.log, values)) / len(values))


def bytes_ratio(record: Record, label: str, to: str) -> float | None:
    """label ÷ to in peak memory."""
    entries = record["contenders"]
    if label not in entries or to not in entries or not entries[to]["bytes"]:
        return None
    return float(entries[label]["bytes"]) / float(entries[to]["bytes"])
