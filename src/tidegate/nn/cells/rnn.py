"""The vanilla recurrent network: the whole state is written anew at each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import layer_norm, linear
from typing_extensions import override

from tidegate.nn.cells.base import Cell, Gates, Recurrence, State, Weights


@dataclass(frozen=True)
class RNNRecurrence(Recurrence):
    """The step of `RNNCell`; with `layer_norm`, h' = φ(LN(W_ih x + W_hh h) + b), Ba et al. 2016, eq. 4."""

    nonlinearity: str = "tanh"
    layer_norm: bool = False
    gate_count: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if self.nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{self.nonlinearity}'. Select from 'tanh' or 'relu'.")

    @override
    def extra_shapes(self, hidden_size: int, bias: bool) -> dict[str, tuple[int, ...]]:
        return {"gain": (hidden_size,)} if self.layer_norm else {}

    @override
    def project(self, x: Tensor, weights: Weights) -> Tensor:
        if self.layer_norm:
            # The norm is taken of the sum with the recurrent product, and the biases come after it.
            return linear(x, weights["weight_ih"])
        return super().project(x, weights)

    @override
    def step(self, projected: Tensor, state: State, seen: Tensor, weights: Weights) -> tuple[State, Gates]:
        summed = projected + self._recurrent(seen, weights)
        if self.layer_norm:
            gain = weights["gain"]
            bias = weights["bias_ih"] + weights["bias_hh"] if "bias_ih" in weights else None
            summed = layer_norm(summed, gain.shape, gain, bias)
        return (torch.tanh(summed) if self.nonlinearity == "tanh" else torch.relu(summed),), {}

    def _recurrent(self, seen: Tensor, weights: Weights) -> Tensor:
        return linear(seen, weights["weight_hh"], None if self.layer_norm else weights.get("bias_hh"))

    @property
    @override
    def fused_operator(self) -> str | None:
        return None if self.layer_norm else f"rnn_{self.nonlinearity}"


class RNNCell(Cell):
    """One step of the vanilla recurrent network (Elman, 1990, Cognitive Science 14:179).

        h' = φ(W_ih x + b_ih + W_hh h + b_hh)      φ = tanh or ReLU

    Shapes: x [B, F], h [B, H] → h' [B, H]; W_ih [H, F], W_hh [H, H], b [H].
    """

    recurrence: RNNRecurrence

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(RNNRecurrence(nonlinearity), input_size, hidden_size, bias, device, dtype)

    @property
    def nonlinearity(self) -> str:
        """The squashing, "tanh" or "relu"."""
        return self.recurrence.nonlinearity
