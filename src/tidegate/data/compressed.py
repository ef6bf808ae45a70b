"""What stands in a file, unpacked where its name ends in .gz or .xz."""

from __future__ import annotations

import gzip
import lzma
import zlib
from collections.abc import Sequence
from pathlib import Path

from tidegate.data.encoding import decoded
from tidegate.errors import DataError

_UNPACKERS = {".gz": gzip.decompress, ".xz": lzma.decompress}


def bare_ending(path: Path) -> str:
    """The ending in lower case, without that of the packing: ".csv" of "a.CSV.xz"."""
    name = path.with_suffix("") if path.suffix.lower() in _UNPACKERS else path
    return name.suffix.lower()


def unknown_ending(path: Path, known: Sequence[str]) -> DataError:
    """To raise of a file that is read by its ending, where that is none of those known."""
    ending, packing = bare_ending(path), path.suffix.lower()
    if not path.exists():
        return DataError(f"{path}: there is no such file")
    if not ending and packing in _UNPACKERS:
        named = f"an ending is needed before {packing}, such as {known[0]}{packing}"
        return DataError(f"{path}: the name does not tell what is packed; {named} (known are {', '.join(known)})")
    told = f"files ending in '{ending}'" if ending else "files without an ending"
    return DataError(f"{path}: {told} cannot be read; the endings known are {', '.join(known)}")


def read_content(path: Path) -> bytes:
    """Raises DataError for a file that is absent, empty, a folder, or not packed as its name says."""
    try:
        packed = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file") from error
    except OSError as error:
        raise DataError(f"{path}: the file cannot be read ({error.strerror})") from error
    content = _unpacked(path, packed)
    if not content:
        raise DataError(f"{path}: the file is empty")
    return content


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 text, without their ends (LF or CR LF; of Unicode's other line ends none counts).

    Raises DataError as `read_content` and `decoded` do.
    """
    return decoded(read_content(path), str(path)).replace("\r\n", "\n").removesuffix("\n").split("\n")


def _unpacked(path: Path, packed: bytes) -> bytes:
    ending = path.suffix.lower()
    if ending not in _UNPACKERS or not packed:
        return packed
    try:
        return _UNPACKERS[ending](packed)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise DataError(f"{path}: the file is not a whole {ending} file ({error})") from error
