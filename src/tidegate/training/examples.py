"""What a network learns from: numbered examples, gathered into batches by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Generic, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tidegate.training.seeding import generator

Rows = npt.NDArray[np.int64]
Fields = TypeVar("Fields", bound=tuple[Any, ...])


@runtime_checkable
class Examples(Protocol):
    """Numbered examples. `batch(rows)` gathers some of them, as tensors in a NamedTuple, dataclass or dict.

    The same rows must always give the same batch: whatever is random belongs into the network (as dropout does).
    """

    def __len__(self) -> int: ...

    def batch(self, rows: Rows, /) -> Any: ...


@runtime_checkable
class SelfBatching(Examples, Protocol):
    """Examples that cut their own training batches, for instance by like length; `bucketed` does that.

    All randomness comes from `source`, which depends on seed and epoch alone.
    """

    def batches(self, batch_size: int, source: np.random.Generator, /) -> Sequence[Rows]: ...


@runtime_checkable
class Continuing(Examples, Protocol):
    """Examples of which each batch goes on where the one before ended: they are cut in one way, whoever takes them."""

    def segments(self) -> Sequence[Rows]: ...


@runtime_checkable
class Fingerprinted(Examples, Protocol):
    """Examples that know a digest of their content; others are gathered and hashed once when a checkpoint is kept."""

    def fingerprint(self) -> str: ...


class TensorExamples(Generic[Fields]):
    """Examples held as whole tensors: a NamedTuple whose tensors share their first axis; None fields stay None."""

    def __init__(self, columns: Fields) -> None:
        self.columns = columns
        lengths = {len(column) for column in columns if column is not None}
        if len(lengths) != 1:
            raise ValueError(f"all columns need the same number of examples, got {sorted(lengths)}")
        self._length = lengths.pop()

    def __len__(self) -> int:
        return self._length

    def batch(self, rows: Rows, /) -> Fields:
        index = torch.from_numpy(rows)
        gathered = [None if column is None else column.index_select(0, index) for column in self.columns]
        columns = type(self.columns)  # a NamedTuple takes its fields one by one, which a bound on tuple cannot say
        return columns(*cast(Any, gathered))


def in_order(count: int, batch_size: int) -> list[Rows]:
    """Batches of rows 0 … count − 1 as they stand; the last may be smaller."""
    return _cut(np.arange(count, dtype=np.int64), batch_size)


def bucketed(lengths: npt.ArrayLike, batch_size: int, source: np.random.Generator, pool: int = 50) -> list[Rows]:
    """Batches of like lengths in random order: shuffled, sorted within pools of `pool` batches, batches shuffled."""
    sizes = np.asarray(lengths)
    shuffled = source.permutation(len(sizes))
    pools = _cut(shuffled, batch_size * pool)
    batches = [batch for part in pools for batch in _cut(part[np.argsort(sizes[part], kind="stable")], batch_size)]
    return [batches[place] for place in source.permutation(len(batches))]


def epoch_batches(examples: Examples, batch_size: int, seed: int, epoch: int) -> Sequence[Rows]:
    """The training batches of one epoch, a function of seed and epoch alone."""
    if isinstance(examples, Continuing):
        return examples.segments()
    source = generator(seed, "order", epoch)
    if isinstance(examples, SelfBatching):
        return examples.batches(batch_size, source)
    return _cut(source.permutation(len(examples)), batch_size)


def batches_as_they_stand(examples: Examples, batch_size: int) -> Sequence[Rows]:
    """The batches that measuring takes, always the same."""
    return examples.segments() if isinstance(examples, Continuing) else in_order(len(examples), batch_size)


def fingerprint(examples: Examples) -> str:
    """A digest of all examples: what decides whether a checkpoint belongs to these data."""
    if isinstance(examples, Fingerprinted):
        return examples.fingerprint()
    digest = hashlib.blake2b(digest_size=16)
    for rows in in_order(len(examples), 1024):
        for tensor in _tensors(examples.batch(rows)):
            digest.update(f"{tensor.dtype}{tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _cut(rows: Rows, size: int) -> list[Rows]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _tensors(batch: Any) -> Iterator[Tensor]:
    if isinstance(batch, Tensor):
        yield batch
    elif isinstance(batch, dict):
        for name in sorted(batch):
            yield from _tensors(batch[name])
    elif isinstance(batch, list | tuple):
        for part in batch:
            yield from _tensors(part)
    elif is_dataclass(batch):
        for field in fields(batch):
            yield from _tensors(getattr(batch, field.name))
