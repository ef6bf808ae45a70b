"""Gate blocks of a state dict: torch keeps the gates of a layer one below the other in four tensors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from tidegate.errors import ConfigurationError

Array: TypeAlias = npt.NDArray[Any] | Tensor | Sequence[Any]
StateDict: TypeAlias = dict[str, Tensor]

_LAYER = re.compile(r"_l\d+(_reverse)?$")


class Gate(NamedTuple):
    """What one gate does to input and state: W x + U h + b, with W [H, F], U [H, H] and b [H] or None."""

    W: Tensor
    U: Tensor
    b: Tensor | None

    def negated(self) -> Gate:
        """The gate that opens where this one closes: σ(−a) = 1 − σ(a)."""
        return Gate(-self.W, -self.U, None if self.b is None else -self.b)


def suffix(layer: int | None, reverse: bool) -> str:
    """How torch ends the names of one layer in one direction, such as "_l1_reverse"; a cell's (None) have no end."""
    if layer is None:
        if reverse:
            raise ConfigurationError("layer=None speaks of a cell, which reads no sequence and so has no reverse=True")
        return ""
    return f"_l{layer}_reverse" if reverse else f"_l{layer}"


def tensor_of(name: str, array: Array | None, letters: str, **sizes: int) -> Tensor:
    """A copy of `array` as a tensor; raises ConfigurationError if its shape is not that of `letters`, such as "3H F".

    A letter not among the known `sizes` stands for whatever length its axis has. Lists are taken as arrays are.
    """
    axes = letters.split()
    if array is None:
        raise ConfigurationError(f"{name} is None, expected an array [{', '.join(axes)}]")
    tensor = copied(name, array)
    found = list(zip(axes, tensor.shape, strict=False))[::-1]  # of two equal letters the first counts
    known = {axis: length for axis, length in found if len(axis) == 1} | sizes
    expected = [_length(axis, known) for axis in axes]
    if list(tensor.shape) != expected:
        told = [axis if axis == "F" and axis not in sizes else str(_length(axis, known)) for axis in axes]
        lengths = f" = [{', '.join(told)}]" if tensor.dim() == len(axes) else ""
        raise ConfigurationError(f"{name} has shape {list(tensor.shape)}, expected [{', '.join(axes)}]{lengths}")
    return tensor


def copied(name: str, array: Array) -> Tensor:
    """A copy as a tensor of any shape; raises ConfigurationError for what holds no floating-point numbers."""
    try:
        tensor = array.detach().clone() if isinstance(array, Tensor) else _from_numpy(np.array(array, order="C"))
    except (TypeError, ValueError) as cause:
        raise ConfigurationError(f"{name} cannot be read as an array of numbers: {cause}") from cause
    if not tensor.is_floating_point():
        raise ConfigurationError(f"{name} holds {tensor.dtype}; weights are floating-point numbers")
    return tensor


def _from_numpy(array: npt.NDArray[Any]) -> Tensor:
    """In this machine's order of bytes, the only one that torch has."""
    return torch.from_numpy(array.astype(array.dtype.newbyteorder("="), copy=False))


def _length(axis: str, sizes: Mapping[str, int]) -> int | None:
    """The length of an axis "2", "H" or "3H"; None where its letter has none."""
    count, letter = axis[:-1] or "1", axis[-1]
    if letter.isdigit():
        return int(axis)
    return int(count) * sizes[letter] if letter in sizes else None


def all_or_no_biases(biases: Mapping[str, Array | None]) -> None:
    """Raises ConfigurationError if some of the gates have a bias and some have none."""
    missing = [name for name, bias in biases.items() if bias is None]
    if missing and len(missing) < len(biases):
        raise ConfigurationError(f"{', '.join(missing)} missing while other biases are given: give all of them or none")


def state_of(gates: Sequence[Gate], end: str) -> StateDict:
    """The state dict of one layer, its single biases in `bias_ih` and zeros in `bias_hh`."""
    state = {f"weight_ih{end}": torch.cat([g.W for g in gates]), f"weight_hh{end}": torch.cat([g.U for g in gates])}
    biases = [g.b for g in gates if g.b is not None]
    if biases:
        state[f"bias_ih{end}"] = torch.cat(biases)
        state[f"bias_hh{end}"] = torch.zeros_like(state[f"bias_ih{end}"])
    return state


def gates_of(state: Mapping[str, Tensor], count: int, end: str) -> Iterator[Gate]:
    """The `count` gates of one layer, copied, each with the sum of its two biases."""
    layer = layer_of(state, count, end)
    blocks = [layer["weight_ih"].chunk(count), layer["weight_hh"].chunk(count)]
    biases = one_bias(layer).chunk(count) if "bias_ih" in layer else [None] * count
    for W, U, b in zip(*blocks, biases, strict=True):
        yield Gate(W.clone(), U.clone(), None if b is None else b.clone())


def layer_of(state: Mapping[str, Tensor], count: int, end: str) -> StateDict:
    """The tensors of one layer, detached, by their names without `end`; ConfigurationError if they do not fit."""
    layer = {name.removesuffix(end): tensor.detach() for name, tensor in state.items() if name.endswith(end)}
    biases = {"bias_ih", "bias_hh"} & layer.keys()
    wanted = {"weight_ih", "weight_hh"} | ({"bias_ih", "bias_hh"} if biases else set())
    if missing := sorted(wanted - layer.keys()):
        raise ConfigurationError(
            f"{missing[0]}{end} is not in the state dict, which has {', '.join(state) or 'nothing'}"
        )
    extra = sorted(f"{name}{end}" for name in layer.keys() - wanted)
    if extra := extra + [name for name in state if end and not _LAYER.search(name)]:
        raise ConfigurationError(f"{extra[0]} has no counterpart in the weights asked for")
    U = tensor_of(f"weight_hh{end}", layer["weight_hh"], f"{count}H H")
    tensor_of(f"weight_ih{end}", layer["weight_ih"], f"{count}H F", H=U.shape[1])
    for name in biases:
        tensor_of(f"{name}{end}", layer[name], f"{count}H", H=U.shape[1])
    return layer


def one_bias(layer: Mapping[str, Tensor]) -> Tensor:
    """The sum of the two biases; where the second is zero the first keeps every bit (−0 + 0 would be +0)."""
    return torch.where(layer["bias_hh"] == 0, layer["bias_ih"], layer["bias_ih"] + layer["bias_hh"])
