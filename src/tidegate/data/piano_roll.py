"""Piano rolls: music as frames, each of which tells which of 88 keys sound."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tidegate.data.compressed import read_content
from tidegate.data.counted import counted
from tidegate.data.encoding import decoded
from tidegate.errors import DataError

LOWEST, KEYS = 21, 88  # MIDI number of the lowest key of a piano, A0, and how many there are
Roll = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PianoRolls:
    """Pieces of music, [T, 88] each, one frame a row; 1 where the key of MIDI number 21 + column sounds."""

    rolls: tuple[Roll, ...]
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """How much there is."""
        return f"{counted(len(self), 'piece')}, {counted(sum(map(len, self.rolls)), 'frame')}"

    def __len__(self) -> int:
        return len(self.rolls)

    def take(self, rows: NDArray[np.int64], /) -> Self:
        """Some of the pieces, in this order."""
        return replace(self, rolls=tuple(self.rolls[row] for row in rows))

    def fingerprint(self) -> dict[str, str | int]:
        """What identifies the music without holding it."""
        digest = hashlib.sha256()
        for roll in self.rolls:
            digest.update(len(roll).to_bytes(8, "little") + np.packbits(roll).tobytes())
        return {"sha256": digest.hexdigest(), "pieces": len(self), "frames": sum(map(len, self.rolls))}


def as_rolls(source: Any) -> PianoRolls:
    """Pieces given as a path, as arrays [T, 88] of 0 and 1, or as lists of frames, each the MIDI numbers that sound.

    Raises DataError naming piece and frame, counted from 0.
    """
    if isinstance(source, str | os.PathLike):
        return read_rolls(Path(source))
    if not isinstance(source, Iterable):
        raise DataError(f"pieces of music are wanted, [T, {KEYS}] each, not {type(source).__name__}")
    return _checked([_roll(piece, f"piece {place}") for place, piece in enumerate(source)], "the music")


def read_rolls(path: Path) -> PianoRolls:
    """Pieces of a file: .json, a list of pieces, each a list of frames, each a list of MIDI numbers; or .npz with
    `frames` [all frames, 88] and `lengths`, the frames of each piece.

    Raises DataError for a file that is neither, naming the place.
    """
    match path.suffix.lower():
        case ".json":
            return _checked(_from_json(path), str(path))
        case ".npz":
            return _checked(_from_npz(path), str(path))
    raise DataError(
        f"{path}: music is read from a .json file, a list of pieces of frames of MIDI numbers, or from a .npz file "
        "with frames and lengths"
    )


def midi_numbers(roll: Roll) -> list[list[int]]:
    """What sounds in each frame of [T, 88], as .json files hold it."""
    return [[int(key) + LOWEST for key in np.flatnonzero(frame)] for frame in roll]


def _checked(rolls: Sequence[Roll], name: str) -> PianoRolls:
    if not rolls:
        raise DataError(f"{name}: there are no pieces")
    return PianoRolls(tuple(rolls))


def _from_json(path: Path) -> list[Roll]:
    try:
        pieces = json.loads(decoded(read_content(path), str(path)))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from error
    if not isinstance(pieces, list):
        raise DataError(f"{path}: a list of pieces is wanted, not {type(pieces).__name__}")
    return [_roll(piece, f"{path}, piece {place}") for place, piece in enumerate(pieces)]


def _from_npz(path: Path) -> list[Roll]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            frames, lengths = arrays["frames"], arrays["lengths"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path}: not a .npz file with arrays of numbers 'frames' and 'lengths'; write them with numpy.savez"
        ) from error
    if lengths.ndim != 1 or lengths.sum() != len(frames):
        raise DataError(f"{path}: lengths add up to {lengths.sum():,}, but there are {len(frames):,} frames")
    parts = np.split(frames, np.cumsum(lengths)[:-1])
    return [_roll(part, f"{path}, piece {place}") for place, part in enumerate(parts)]


def _roll(piece: Any, where: str) -> Roll:
    roll = _multi_hot(piece, where) if isinstance(piece, list) else np.asarray(piece)
    if roll.ndim != 2 or roll.shape[1] != KEYS:
        raise DataError(f"{where}: frames of {KEYS} keys are wanted, [T, {KEYS}], not {list(roll.shape)}")
    if not len(roll):
        raise DataError(f"{where}: the piece has no frames")
    wrong = np.argwhere((roll != 0) & (roll != 1))
    if len(wrong):
        frame, key = wrong[0]
        raise DataError(f"{where}, frame {frame}, key {key}: {roll[frame, key]} where 0 or 1 is wanted")
    return roll.astype(np.uint8)


def _multi_hot(piece: list[Any], where: str) -> Roll:
    roll = np.zeros((len(piece), KEYS), np.uint8)
    for place, frame in enumerate(piece):
        if not isinstance(frame, list | tuple):
            raise DataError(f"{where}, frame {place}: a list of MIDI numbers is wanted, not {frame!r}")
        for number in frame:
            if type(number) is not int or not LOWEST <= number < LOWEST + KEYS:
                span = f"{LOWEST} to {LOWEST + KEYS - 1}"
                raise DataError(f"{where}, frame {place}: {number!r} where a MIDI number of a piano, {span}, is wanted")
            roll[place, number - LOWEST] = 1
    return roll
