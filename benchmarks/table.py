"""The tables of a run: in the terminal and as Markdown, the same numbers from the same records.

    python -m benchmarks.table benchmarks/results/FILE.json

prints the tables of an earlier run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.aims import AIMS, Aim
from benchmarks.ratios import (
    Record,
    best_peer,
    bytes_ratio,
    lead,
    peak,
    peak_share,
    ratio,
    robbed_share,
    seconds,
    spread,
)
from benchmarks.shapes import Case, Shape

Row = tuple[str, ...]
Report = Mapping[str, Any]

_WIDTH = 160
_PASS = {"forward": "forward", "training": "forward + backward"}
_PAIRS = {
    "reset": ("GRU, reset before and after the product", ("before", "after")),
    "gates": ("GRU beside LSTM", ("gru", "lstm")),
    "ragged": ("ragged batch (55 % true steps) beside padded", ("ragged", "padded")),
    "disturbed": ("with one core kept busy by another process, and alone", ("disturbed", "alone")),
}


class Table(NamedTuple):
    title: str
    columns: Row
    rows: Sequence[Row]

    def markdown(self) -> str:
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return f"### {self.title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def rich(self) -> RichTable:
        table = RichTable(title=self.title, title_justify="left")
        for place, column in enumerate(self.columns):
            table.add_column(column, justify="right" if place else "left")
        for row in self.rows:
            table.add_row(*row)
        return table


def tables(report: Report) -> Iterator[Table]:
    """The aims first, then the figures they rest on, then who is missing and why."""
    records: list[Record] = report["records"]
    yield _machine(report)
    yield _aims(records)
    for (cell, which, threads), group in _grouped(records, "peers", "cell", "pass", "threads"):
        yield _beside_peers(f"{cell}, {_PASS[which]}, {_threads(threads)}: microseconds a call", group)
    for measure, (title, labels) in _PAIRS.items():
        for (which, threads), group in _grouped(records, measure, "pass", "threads"):
            yield _pair(f"{title}; {_PASS[which]}, {_threads(threads)}: microseconds a call", group, labels)
    for (threads,), group in _grouped(records, "memory", "threads"):
        yield _memory(f"peak memory of forward + backward, {_threads(threads)}: MiB", group)
    yield _left_out(records)


def markdown(report: Report) -> str:
    return "\n\n".join(table.markdown() for table in tables(report)) + "\n"


def show(report: Report) -> None:
    """Print all tables; where the terminal's width is not known, wide enough for all columns."""
    console = Console() if sys.stdout.isatty() else Console(width=_WIDTH)
    for table in tables(report):
        console.print(table.rich())
        console.print()


def _grouped(records: Sequence[Record], measure: str, *names: str) -> Iterator[tuple[tuple[Any, ...], list[Record]]]:
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        if record["measure"] == measure:
            groups.setdefault(tuple(record[name] for name in names), []).append(record)
    yield from groups.items()


def _machine(report: Report) -> Table:
    machine, settings = report["machine"], report["settings"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    peaks = [(record["threads"], peak(record)) for record in report["records"] if record["measure"] == "peers"]
    rows = [(name, str(value)) for name, value in machine.items() if name != "versions"]
    rows += [("versions", versions), *((name, str(value)) for name, value in settings.items())]
    rows.append(("comparisons measured", f"{len(report['records'])} of {report['planned']}"))
    for threads in sorted({threads for threads, rate in peaks if rate}):
        rates = [rate / 1e9 for count, rate in peaks if count == threads and rate]
        rows.append(
            (f"peak of vector multiply-adds, {_threads(threads)}", f"{min(rates):.0f} to {max(rates):.0f} GFLOP/s")
        )
    rows.append(("single-threaded turns not left alone", _percent(robbed_share(report["records"]))))
    return Table("Measured on", ("", ""), rows)


def _aims(records: Sequence[Record]) -> Table:
    counts = sorted({record["threads"] for record in records}, reverse=True)
    rows = []
    for aim in AIMS:
        verdicts = [_verdict(aim, records, threads) for threads in counts]
        if any(verdicts):
            rows.append((aim.what, aim.against, _wanted(aim), *(verdict or "–" for verdict in verdicts)))
    title = "Aims: geometric mean, in brackets the worst, over so many comparisons"
    return Table(title, ("", "against", "aim", *map(_threads, counts)), rows)


def _wanted(aim: Aim) -> str:
    sign = "≥" if aim.bound == "at least" else "≤"
    mean = f"{sign} {aim.mean:.2f}" if aim.mean is not None else ""
    return f"{mean} [{sign} {aim.worst:.2f}]".strip() if aim.worst is not None else mean


def _verdict(aim: Aim, records: Sequence[Record], threads: int) -> str | None:
    found = aim.spread(records, threads)
    if found is None:
        return None
    figures = f"{found.mean:.2f} [{found.worst:.2f} at {found.worst_shape}] over {found.known}"
    without = "".join(f", without {peer}" for peer in aim.without(records, threads))
    return f"{figures}{without}: {'reached' if aim.reached(found) else 'not reached'}"


def _beside_peers(title: str, records: Sequence[Record]) -> Table:
    names = list(dict.fromkeys(label for record in records for label in (*record["contenders"], *record["left_out"])))
    names = [name for name in names if name != "peak"]
    forward = records[0]["pass"] == "forward"
    columns = (
        "T,B,F,H",
        *names,
        "best peer",
        "best ÷ ours",
        "torch ÷ ours",
        *(("of peak",) if forward else ()),
        "path",
    )
    rows = [_peer_row(record, names, forward) for record in records]
    rows.append(_closing_row(records, len(names), forward))
    return Table(title, columns, rows)


def _peer_row(record: Record, names: Sequence[str], forward: bool) -> Row:
    times = [_microseconds(seconds(record, name)) for name in names]
    leads = [_times(lead(record, "best")), _times(lead(record, "torch"))]
    operations = Case(record["cell"], Shape.parse(record["shape"])).operations
    share = [_percent(peak_share(record, operations))] if forward else []
    path = record["contenders"].get("tidegate", {}).get("path", "–")
    return (record["shape"], *times, best_peer(record) or "–", *leads, *share, path)


def _closing_row(records: Sequence[Record], names: int, forward: bool) -> Row:
    spreads = [spread([(r["shape"], lead(r, against)) for r in records], "least") for against in ("best", "torch")]
    cells = [f"{found.mean:.2f} [{found.worst:.2f}]" if found else "–" for found in spreads]
    return ("geometric mean [worst]", *[""] * (names + 1), *cells, *[""] * (2 if forward else 1))


def _pair(title: str, records: Sequence[Record], labels: tuple[str, str]) -> Table:
    one, other = labels
    others = list(dict.fromkeys(name for record in records for name in record["contenders"] if name not in labels))
    rows = [
        (
            f"{record['cell']} {record['shape']}",
            *(_microseconds(seconds(record, label)) for label in (*labels, *others)),
            _times(ratio(record, one, other)),
        )
        for record in records
    ]
    return Table(title, ("T,B,F,H", *labels, *others, f"{one} ÷ {other}"), rows)


def _memory(title: str, records: Sequence[Record]) -> Table:
    labels = ("tidegate", "torch")
    rows = [
        (
            f"{record['cell']} {record['shape']}",
            *(_mebibytes(record["contenders"].get(label)) for label in labels),
            _times(bytes_ratio(record, *labels)),
        )
        for record in records
    ]
    return Table(title, ("T,B,F,H", *labels, "tidegate ÷ torch"), rows)


def _left_out(records: Sequence[Record]) -> Table:
    """Each reason once, with the places it holds for."""
    places: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for label, reason in record["left_out"].items():
            place = f"{record['cell']} {record['shape']} {record['pass']} {_threads(record['threads'])}"
            places.setdefault((label, reason), []).append(place)
    rows = [
        (label, reason, where[0] if len(where) == 1 else f"{len(where)} comparisons, first {where[0]}")
        for (label, reason), where in places.items()
    ]
    return Table("Left out", ("who", "why", "where"), rows or [("nobody", "", "")])


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _microseconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{1e6 * value:.1f}" if value < 1e-4 else f"{1e6 * value:.0f}"


def _mebibytes(entry: Mapping[str, Any] | None) -> str:
    return f"{entry['bytes'] / 2**20:.1f}" if entry else "–"


def _times(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


if __name__ == "__main__":
    show(json.loads(Path(sys.argv[1]).read_text()))
