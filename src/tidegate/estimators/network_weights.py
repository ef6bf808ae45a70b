"""The weights of a network among the tensors of a model file, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

_PREFIX = "network."
Network = TypeVar("Network", bound=nn.Module)


def weights_of(network: nn.Module) -> dict[str, NDArray[Any]]:
    """All weights and buffers, named as they stand in the file."""
    return {_PREFIX + name: value.numpy() for name, value in network.state_dict().items()}


def with_weights(build: Callable[[], Network], tensors: Mapping[str, NDArray[np.generic]], layers: int) -> Network:
    """The network that `build` makes, of so many recurrent layers, with the weights among `tensors`, for prediction.

    Raises RuntimeError if the weights are not those of the network, before any memory is taken for it.
    """
    weights = {name: torch.from_numpy(value) for name, value in under(_PREFIX, tensors).items()}
    if layers > len(weights):  # every layer has some; building so many would take long
        raise RuntimeError(f"{len(weights)} tensors of weights cannot be those of {layers} layers")
    with torch.device("meta"):
        build().load_state_dict(weights, assign=True)
    network = build()
    network.load_state_dict(weights)
    return network.eval()


def under(prefix: str, tensors: Mapping[str, Any]) -> dict[str, Any]:
    """The tensors whose names begin with the prefix, by the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in tensors.items() if name.startswith(prefix)}
