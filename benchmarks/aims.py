"""What we aim at, and how far a run's records are from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal, NamedTuple

from benchmarks.comparison import Measure
from benchmarks.ratios import Record, Spread, bytes_ratio, lead, missing_peers, peak_share, ratio, spread
from benchmarks.shapes import Case, Cell, Pass, Shape

BEST = "the best of all peers"
VECTORS = "multiply-adds of vectors, which AMX tiles may exceed"


class Aim(NamedTuple):
    """A bound on the geometric mean over the shapes (`mean`), on the worst of them (`worst`), or on both.

    cell, which: None where all cells, or both passes, count together.
    """

    what: str
    against: str
    measure: Measure
    cell: Cell | None
    which: Pass | None
    value: Callable[[Record], float | None]
    mean: float | None = None
    worst: float | None = None
    bound: Literal["at least", "at most"] = "at least"

    def spread(self, records: Iterable[Record], threads: int) -> Spread | None:
        """What the records of one thread count say; None if they say nothing."""
        values = [(self._place(record), self.value(record)) for record in self._chosen(records, threads)]
        return spread(values, "least" if self.bound == "at least" else "most")

    def without(self, records: Iterable[Record], threads: int) -> list[str]:
        """The peers missing from "the best of all peers" in any of the records."""
        chosen = self._chosen(records, threads) if self.against == BEST else []
        return sorted(set().union(*map(missing_peers, chosen)))

    def reached(self, found: Spread) -> bool:
        pairs = [(self.mean, found.mean), (self.worst, found.worst)]
        sign = 1 if self.bound == "at least" else -1
        return all(sign * value >= sign * wanted for wanted, value in pairs if wanted is not None)

    def _chosen(self, records: Iterable[Record], threads: int) -> list[Record]:
        return [record for record in records if record["threads"] == threads and self._concerns(record)]

    def _concerns(self, record: Record) -> bool:
        wanted = {"measure": self.measure, "cell": self.cell, "pass": self.which}
        return all(record[name] == value for name, value in wanted.items() if value is not None)

    def _place(self, record: Record) -> str:
        words = [] if self.cell else [record["cell"]]
        words += [] if self.which else [record["pass"]]
        return " ".join([*words, record["shape"]])


def _large_share(record: Record) -> float | None:
    shape = Shape.parse(record["shape"])
    return peak_share(record, Case(record["cell"], shape).operations) if shape.H >= 256 and shape.B >= 16 else None


_over_best, _over_torch = partial(lead, against="best"), partial(lead, against="torch")

AIMS = (
    Aim("GRU forward", BEST, "peers", "gru", "forward", _over_best, 2.5, 1.2),
    Aim("GRU forward + backward", "torch", "peers", "gru", "training", _over_torch, 4.0, 1.6),
    Aim("GRU forward + backward", BEST, "peers", "gru", "training", _over_best, 2.5, 1.3),
    Aim("LSTM forward", BEST, "peers", "lstm", "forward", _over_best, 1.6, 1.0),
    Aim("LSTM forward + backward", "torch", "peers", "lstm", "training", _over_torch, 1.3, 1.0),
    Aim("RNN forward + backward", "torch", "peers", "rnn", "training", _over_torch, 2.5, 1.3),
    Aim(
        "GRU reset before the product",
        "our own reset after",
        "reset",
        "gru_before",
        None,
        partial(ratio, label="before", to="after"),
        mean=1.25,
        bound="at most",
    ),
    Aim(
        "GRU ÷ LSTM, forward + backward",
        "ourselves",
        "gates",
        "gru",
        "training",
        partial(ratio, label="gru", to="lstm"),
        worst=0.80,
        bound="at most",
    ),
    Aim("share of peak, forward, H ≥ 256 and B ≥ 16", VECTORS, "peers", None, "forward", _large_share, mean=0.70),
    Aim(
        "ragged batch with 55 % true steps",
        "our own padded batch",
        "ragged",
        None,
        None,
        partial(ratio, label="ragged", to="padded"),
        mean=0.65,
        bound="at most",
    ),
    Aim(
        "forward + backward beside a busy core",
        "ourselves undisturbed",
        "disturbed",
        None,
        "training",
        partial(ratio, label="disturbed", to="alone"),
        mean=2.2,
        bound="at most",
    ),
    Aim(
        "peak memory of forward + backward",
        "torch",
        "memory",
        None,
        "training",
        partial(bytes_ratio, label="tidegate", to="torch"),
        mean=1.0,
        bound="at most",
    ),
)
