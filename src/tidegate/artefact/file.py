"""The one file of a trained network: a safetensors file whose metadata hold all the rest as JSON under "tidegate".

No pickle: loading a stranger's file is safe. A digest over everything finds any damage.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from os import PathLike
from pathlib import Path
from reprlib import repr as shortened
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from safetensors import SafetensorError

from tidegate import __version__
from tidegate.artefact.header import from_json, to_json
from tidegate.atomic import write_atomically
from tidegate.errors import ArtefactError

FORMAT = 1
_KEY = "tidegate"
_GREATEST_HEADER = 100_000_000  # bytes; safetensors reads none longer
_KINDS = {"f": (2, 4, 8), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "b": (1,)}  # bytes of each number format written

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Artefact:
    """A trained network as plain values: what `runtime` and the estimators need to predict, and where it came from.

    kind: the estimator, for instance "forecaster".
    configuration, preprocessing, vocabulary, metrics, fingerprint: plain values (None, bool, int, float, str, lists and
        dicts with string keys); how the network is built, what is done to data on the way in and out, words to numbers,
        scores by name, and which data it was trained on.
    tensors: weights by their name in the state dict.
    version: of the tidegate that made it.

    There is no clock time in it: the same training gives the same file, byte for byte.
    """

    kind: str
    configuration: Mapping[str, Any]
    tensors: Mapping[str, Array]
    preprocessing: Mapping[str, Any] = field(default_factory=dict)
    vocabulary: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: Mapping[str, Any] = field(default_factory=dict)
    version: str = __version__


_FACTS = tuple(part.name for part in fields(Artefact) if part.name != "tensors")


def save(artefact: Artefact, path: str | PathLike[str]) -> Path:
    """Writes `artefact`, whole or not at all; the same content gives the same bytes.

    Raises ArtefactError for values that cannot be written, OSError where the operating system does.
    """
    tensors = {name: _portable(name, tensor) for name, tensor in artefact.tensors.items()}
    facts = {name: getattr(artefact, name) for name in _FACTS}
    header = to_json({"format": FORMAT, "digest": _digest(facts, tensors), **facts})
    content = safetensors.numpy.save(tensors, metadata={_KEY: header})
    if int.from_bytes(content[:8], "little") > _GREATEST_HEADER:
        raise ArtefactError(f"{path}: configuration and vocabulary take over 100 MB; give a smaller vocabulary")
    return write_atomically(path, content)


def load(path: str | PathLike[str]) -> Artefact:
    """Reads what `save` wrote. Raises ArtefactError for any file that is not whole, not ours, or of a later format."""
    content = _content(Path(path))
    header = _header(content, path)
    _check_format(header, path)
    try:
        facts = {name: header[name] for name in _FACTS}
        tensors = {name: array.copy() for name, array in safetensors.numpy.load(content).items()}
        whole = header["digest"] == _digest(facts, tensors)
    except (SafetensorError, KeyError, ValueError, ArtefactError) as cause:
        raise _damaged(path, cause) from cause
    if not whole:
        raise _damaged(path, "its content does not match its digest")
    for name, value in facts.items():
        if not isinstance(value, str if name in ("kind", "version") else dict):
            raise _damaged(path, f"{name} is a {type(value).__name__}")
    return Artefact(tensors=tensors, **facts)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as cause:
        raise ArtefactError(f"{path}: no such file; give the path of a model that tidegate saved") from cause
    except IsADirectoryError as cause:
        raise ArtefactError(f"{path}: a folder; give the model file in it, such as model.safetensors") from cause
    except OSError as cause:
        raise ArtefactError(f"{path}: cannot be read ({cause.strerror}); look at its permissions and disk") from cause


def _header(content: bytes, path: str | PathLike[str]) -> dict[str, Any]:
    """Our header out of the safetensors header: its length in eight bytes, then JSON."""
    if not content:
        raise ArtefactError(f"{path}: empty; save or copy the model again")
    if content[8:9] != b"{":
        zipped = content.startswith(b"PK\x03\x04")
        raise _foreign(path, "a zip archive, as torch.save writes" if zipped else "something else than safetensors")
    length = int.from_bytes(content[:8], "little")
    if length > len(content) - 8:
        raise _damaged(path, "it ends within its header")
    try:
        metadata = dict(json.loads(content[8 : 8 + length]).get("__metadata__", {}))
        header = from_json(metadata[_KEY]) if _KEY in metadata else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as cause:
        raise _damaged(path, f"unreadable header: {cause}") from cause
    if header is None:
        raise _foreign(path, "a safetensors file of another program")
    if not isinstance(header, dict):
        raise _damaged(path, "its header is not an object")
    return header


def _check_format(header: Mapping[str, Any], path: str | PathLike[str]) -> None:
    found = header.get("format")
    if type(found) is not int or found < 1:
        raise _damaged(path, f"format {found!r}")
    if found > FORMAT:
        raise ArtefactError(
            f"{path}: format {shortened(found)}, written by tidegate {shortened(header.get('version'))}; "
            f"version {__version__} reads formats up to {FORMAT}: pip install --upgrade tidegate"
        )


def _foreign(path: str | PathLike[str], found: str) -> ArtefactError:
    return ArtefactError(f"{path}: not a tidegate model but {found}; give a file that tidegate saved")


def _damaged(path: str | PathLike[str], cause: object) -> ArtefactError:
    return ArtefactError(f"{path}: damaged or cut short ({cause}); copy it again from where it is whole, or train anew")


def _portable(name: str, tensor: Array) -> Array:
    """Contiguous and little-endian, as safetensors takes them; values are kept exactly."""
    if name == "__metadata__":
        raise ArtefactError(f"tensor {name!r} has a name that safetensors keeps for itself; give another")
    array = np.asarray(tensor, order="C")
    if array.dtype.itemsize not in _KINDS.get(array.dtype.kind, ()):
        raise ArtefactError(
            f"tensor {name!r} has dtype {array.dtype}; give floats, integers or booleans of up to 64 bits"
        )
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _digest(facts: Mapping[str, Any], tensors: Mapping[str, Array]) -> str:
    shapes = {name: [tensor.dtype.name, *tensor.shape] for name, tensor in tensors.items()}
    digest = hashlib.sha256(to_json(facts).encode())
    digest.update(to_json(shapes).encode())
    for name in sorted(tensors):
        digest.update(tensors[name].data)
    return digest.hexdigest()
