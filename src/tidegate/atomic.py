"""Files that are either whole or not there: written beside, flushed to disk, then renamed."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: str | os.PathLike[str], content: bytes) -> Path:
    """Puts `content` at `path`, replacing what was there; after a crash the old file or the new one is there, whole.

    Raises OSError as the operating system does (no such folder, no permission, disk full); nothing is left behind then.
    What a writer killed amid writing left is taken away by the next one. A link stays one: what it leads to is
    replaced; what is no file, such as a pipe or a terminal, is written to as it is.
    """
    target = Path(path).resolve()
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_bytes(content)
        return Path(path)
    _sweep(target)
    beside = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException as trouble:
        beside.unlink(missing_ok=True)
        if isinstance(trouble, OSError) and trouble.filename:
            trouble.filename, trouble.filename2 = str(path), None  # the name that the caller knows
        raise
    _flush_folder(target.parent)
    return Path(path)


def _sweep(target: Path) -> None:
    """Takes away what writers of this file left behind that were killed amid writing."""
    for leftover in target.parent.glob(f".{target.name}.*.partial"):
        writer = leftover.name.split(".")[-2]
        if writer.isdigit() and int(writer) != os.getpid() and not _runs(int(writer)):
            leftover.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's: it is there
    return True


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows neither needs nor allows a folder to be flushed
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
