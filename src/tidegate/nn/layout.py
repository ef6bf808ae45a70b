"""How a batch of sequences lies in memory: the steps of all sequences as rows, longest sequence first, no padding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor
from torch.compiler import is_compiling
from torch.nn.utils.rnn import PackedSequence

from tidegate.errors import ConfigurationError


@dataclass(frozen=True)
class Layout:
    """Where the rows [N, F] of a batch of B sequences belong: all of step 0, then all of step 1, and so on.

    It is the layout of torch's PackedSequence, but may hold sequences without steps; they stand last and have no rows.
    With `lengths` the padding has rows too, and every sequence stands where it was given.
    """

    steps: int
    batch: int
    ragged: tuple[int, ...] | None = None
    """How many sequences have a row at each step, never growing; None if all of them have one at every step."""
    order: Tensor | None = None
    """Which sequence stands at each place [B]; None if they stand as given."""
    lengths: Tensor | None = None
    """How many steps of each sequence are true [B], where rows of padding stand among the others."""

    @classmethod
    def of_dense(cls, x: Tensor) -> Layout:
        """Of [T, B, F] without padding."""
        return cls(x.size(0), x.size(1))

    @classmethod
    def of_lengths(cls, x: Tensor, lengths: Tensor | Sequence[int], padded_from: float = math.inf) -> Layout:
        """Of padded [T, B, F] with the true length of each sequence, in any order and zero allowed.

        The padding keeps its rows where at least `padded_from` of all steps are true.
        """
        steps, batch = x.shape[:2]
        checked = _checked_lengths(lengths, steps, batch)
        # Not asked for their values where that does not matter: they may be traced.
        if padded_from == 0 or padded_from * steps * batch <= int(checked.sum()) < steps * batch:
            # A copy: backward needs them, and the caller may fill the same tensor anew before that.
            return cls(steps, batch, lengths=checked.clone())
        if bool((checked == steps).all()):
            return cls.of_dense(x)
        ordered, order = checked.sort(descending=True, stable=True)
        sizes = (torch.arange(int(ordered[0]))[:, None] < ordered).sum(1)
        return cls._of_sizes(tuple(sizes.tolist()), batch, order.to(x.device))

    @classmethod
    def of_packed(cls, packed: PackedSequence) -> Layout:
        sizes = tuple(packed.batch_sizes.tolist())
        return cls._of_sizes(sizes, sizes[0], packed.sorted_indices)

    @classmethod
    def _of_sizes(cls, sizes: tuple[int, ...], batch: int, order: Tensor | None) -> Layout:
        return cls(len(sizes), batch, sizes if sizes and sizes[-1] < batch else None, order)

    @property
    def dense(self) -> bool:
        """Whether every sequence has a row at every step."""
        return self.ragged is None

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many sequences have a row at each step; a program traced through here holds for so many steps alone."""
        return (self.batch,) * self.steps if self.ragged is None else self.ragged

    @cached_property
    def places(self) -> Tensor:
        """Where in a padded batch [T·B] each row stands [N]."""
        runs = torch.arange(self.batch) < torch.tensor(self.sizes, dtype=torch.int64)[:, None]
        step, place = runs.nonzero(as_tuple=True)
        if self.order is None:
            return step * self.batch + place
        return step.to(self.order.device) * self.batch + self.order[place.to(self.order.device)]

    def gather(self, x: Tensor) -> Tensor:
        """The rows [N, F] of a padded batch [T, B, F]; what is padding is neither read nor given a gradient."""
        flat = as_rows(x)
        return flat if self._whole(x.size(0)) else flat.index_select(0, self.places.to(x.device))

    def pad(self, rows: Tensor, steps: int) -> Tensor:
        """Rows [N, W] as a batch [T, B, W] in the order given, 0 in the padding."""
        if self._whole(steps):
            return rows.view(steps, self.batch, rows.size(1))
        blank = rows.new_zeros(steps * self.batch, rows.size(1))
        return blank.index_copy(0, self.places.to(rows.device), rows).view(steps, self.batch, rows.size(1))

    def sort(self, state: Tensor) -> Tensor:
        """A state [K, B, W] from the order given to the order of the places here."""
        return state if self.order is None else state.index_select(1, self.order)

    def unsort(self, state: Tensor) -> Tensor:
        """A state [K, B, W] from the order of the places here back to the order given."""
        return state if self.order is None else state.index_select(1, self.order.argsort())

    def _whole(self, steps: int) -> bool:
        return self.order is None and self.dense and self.steps == steps


def as_rows(x: Tensor) -> Tensor:
    """A dense batch [T, B, W] as rows [T·B, W]."""
    steps, batch, width = x.shape
    if is_compiling():
        # torch's reshape asks whether min(W, W·B) is W, which torch.export cannot prove of a batch of any size.
        return x.contiguous().as_strided((steps * batch, width), (width, 1))
    return x.reshape(steps * batch, width)


def _checked_lengths(lengths: Tensor | Sequence[int], steps: int, batch: int) -> Tensor:
    try:
        given = torch.as_tensor(lengths, device="cpu")
    except (TypeError, ValueError, RuntimeError) as cause:
        raise ConfigurationError(f"lengths must be whole numbers, one for each sequence: {cause}") from cause
    if given.shape != (batch,):
        shape = list(given.shape)
        raise ConfigurationError(f"lengths must hold one number for each of the {batch} sequences, not {shape}")
    if batch and (given.is_floating_point() or given.is_complex() or given.dtype == torch.bool):
        raise ConfigurationError(f"lengths must be whole numbers, not {given.dtype}")
    given = given.to(torch.int64)  # torch finds no least and greatest of the wider unsigned integers
    # What is traced has no values yet; the engine holds them against the steps when it runs.
    if batch and not is_compiling() and not 0 <= int(given.min()) <= int(given.max()) <= steps:
        raise ConfigurationError(f"lengths must lie between 0 and the {steps} steps of x, not {given.tolist()}")
    return given
