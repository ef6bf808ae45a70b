"""Series in the .ts format of the UCR and UEA archives (Bagnall et al. 2018, arXiv:1811.00075)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tidegate.data.compressed import read_lines
from tidegate.data.labelled import Label, Labelled, Series
from tidegate.data.places import Places
from tidegate.errors import DataError

_LABELS = ("classlabel", "targetlabel")


@dataclass(frozen=True)
class _Header:
    """Where the data begin, whether a label stands at the end of each line, and which are allowed (any if empty)."""

    begin: int
    labelled: bool
    known: tuple[str, ...]


def read_ts(path: Path, *, labelled: bool = True) -> Labelled:
    """The cases of a file: a line each, channels parted by ":", values by ",", "?" where one is missing, label last.

    labelled: False leaves the labels out. Raises DataError naming the line for what is not so.
    """
    lines = read_lines(path)
    header = _header(lines, path)
    if labelled and not header.labelled:
        raise DataError(f"{path}: the header says that there are no labels (@classLabel false); give a file with them")
    inputs: list[Series] = []
    targets: list[Label] = []
    numbers = []
    for number, line in enumerate(lines[header.begin :], header.begin + 1):
        if line.strip() and not line.startswith("#"):
            series, label = _case(line, header, f"{path}, line {number}")
            inputs.append(series)
            targets.append(label)
            numbers.append(number)
    if not inputs:
        raise DataError(f"{path}: no cases stand below @data")
    return Labelled(inputs, tuple(targets) if labelled else None, Places.of_lines(str(path), numbers))


def _header(lines: list[str], path: Path) -> _Header:
    labelled = False
    known: tuple[str, ...] = ()
    for number, line in enumerate(lines, 1):
        words = line.strip().split()
        name = words[0].lower().removeprefix("@") if words and words[0].startswith("@") else ""
        if name == "data":
            return _Header(number, labelled, known)
        if name == "timestamps" and words[1:2] == ["true"]:
            raise DataError(f"{path}, line {number}: series with time stamps are not read; write the values alone")
        if name in _LABELS and words[1:2] != ["false"]:
            labelled, known = True, tuple(words[2:])
    raise DataError(
        f"{path}: there is no line @data; a .ts file has a header, that line, and a case in each line below"
    )


def _case(line: str, header: _Header, place: str) -> tuple[Series, str]:
    *parts, last = line.strip().split(":")
    if not header.labelled:
        parts, last = [*parts, last], ""
    elif header.known and last.strip() not in header.known:
        raise DataError(f"{place}: the label '{last.strip()[:40]}' is none of the header's ({', '.join(header.known)})")
    channels = [_values(part, place, channel) for channel, part in enumerate(parts)]
    if not channels:
        raise DataError(f"{place}: a label without values")
    lengths = {len(values) for values in channels}
    if len(lengths) > 1:
        raise DataError(f"{place}: channels of unequal length ({min(lengths)} to {max(lengths)}); give equally many")
    return np.stack(channels, axis=1), last.strip()


def _values(part: str, place: str, channel: int) -> Series:
    cells = part.split(",")
    try:
        return np.array(cells, dtype=np.float64)
    except ValueError:
        return np.array([_value(cell, place, channel, step) for step, cell in enumerate(cells)])


def _value(cell: str, place: str, channel: int, step: int) -> float:
    if cell.strip() == "?":
        return float("nan")
    try:
        return float(cell)
    except ValueError as error:
        raise DataError(
            f"{place}, channel {channel}, step {step}: '{cell.strip()}' is not a number; write ? where it is missing"
        ) from error
