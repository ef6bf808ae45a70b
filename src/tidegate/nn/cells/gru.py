"""The gated recurrent unit, with the reset gate after the recurrent product or before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor
from torch.nn.functional import layer_norm, linear
from typing_extensions import override

from tidegate.errors import ConfigurationError
from tidegate.nn.cells.base import Cell, Gates, Recurrence, State, Weights

Reset = Literal["after", "before"]


@dataclass(frozen=True)
class GRURecurrence(Recurrence):
    """The step of `GRUCell`; with `layer_norm` each product is normalised before its bias is added: that of the two
    gates as one vector, that of the candidate by itself (Ba et al. 2016, supplement, GRU)."""

    reset: Reset = "after"
    layer_norm: bool = False
    gate_count: ClassVar[int] = 3

    def __post_init__(self) -> None:
        if self.reset not in get_args(Reset):
            raise ConfigurationError(f"reset={self.reset!r} is not known: choose 'after' (torch, cuDNN) or 'before'")

    @override
    def extra_shapes(self, hidden_size: int, bias: bool) -> dict[str, tuple[int, ...]]:
        rows = self.gate_count * hidden_size
        return {"gain_ih": (rows,), "gain_hh": (rows,)} if self.layer_norm else {}

    @override
    def project(self, x: Tensor, weights: Weights) -> Tensor:
        if not self.layer_norm:
            return super().project(x, weights)
        gates, candidate = (self._affine(x, side) for side in _split("ih", weights))
        return torch.cat((gates, candidate), dim=-1)

    @override
    def step(self, projected: Tensor, state: State, seen: Tensor, weights: Weights) -> tuple[State, Gates]:
        (h,) = state
        size = h.size(-1)
        x_gates, x_candidate = torch.split(projected, [2 * size, size], dim=-1)
        if self.reset == "after" and not self.layer_norm:
            recurrent = linear(seen, weights["weight_hh"], weights.get("bias_hh"))
            h_gates, h_candidate = torch.split(recurrent, [2 * size, size], dim=-1)
            reset, keep = torch.sigmoid(x_gates + h_gates).chunk(2, dim=-1)
            candidate = torch.tanh(x_candidate + reset * h_candidate)
        else:
            gates, last = _split("hh", weights)
            reset, keep = torch.sigmoid(x_gates + self._affine(seen, gates)).chunk(2, dim=-1)
            candidate = torch.tanh(x_candidate + self._reset_product(reset, seen, last))
        update = 1 - keep
        return (keep * h + update * candidate,), {"update": update, "reset": reset, "candidate": candidate}

    def _reset_product(self, reset: Tensor, seen: Tensor, side: Side) -> Tensor:
        if self.reset == "after":
            return reset * self._affine(seen, side)
        return self._affine(reset * seen, side)

    def _affine(self, x: Tensor, side: Side) -> Tensor:
        weight, bias, gain = side
        if gain is None:
            return linear(x, weight, bias)
        return layer_norm(linear(x, weight), gain.shape, gain, bias)

    @property
    @override
    def fused_operator(self) -> str | None:
        return "gru" if self.reset == "after" and not self.layer_norm else None


Side = tuple[Tensor, Tensor | None, Tensor | None]
"""Weight, bias and gain of one affine map."""


def _split(side: str, weights: Weights) -> tuple[Side, Side]:
    """The maps to the two gates and to the candidate."""
    rows = weights["weight_ih"].size(0) // 3
    pairs = []
    for name in ("weight", "bias", "gain"):
        tensor = weights.get(f"{name}_{side}")
        pairs.append((None, None) if tensor is None else torch.split(tensor, [2 * rows, rows]))
    gates, candidate = zip(*pairs, strict=True)
    return gates, candidate


class GRUCell(Cell):
    """One step of a gated recurrent unit (Cho et al., 2014, arXiv:1406.1078).

        r  = σ(W_ir x + b_ir + W_hr h + b_hr)              reset      how much of the past the candidate sees
        k  = σ(W_ik x + b_ik + W_hk h + b_hk)              keep       share of the old state that stays
        n  = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))     candidate  (reset="after": torch, cuDNN)
        n  = tanh(W_in x + b_in + W_hn (r ⊙ h) + b_hn)     candidate  (reset="before": the paper)
        h' = k ⊙ h + (1 − k) ⊙ n

    torch calls k "z"; many texts call 1 − k "z". The gate handed out is `update` = 1 − k, the share written.

    Shapes: x [B, F], h [B, H] → h' [B, H]; W_i [3·H, F], W_h [3·H, H], b [3·H], rows in the order r, k, n.
    """

    recurrence: GRURecurrence

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        reset: Reset = "after",
    ) -> None:
        super().__init__(GRURecurrence(reset), input_size, hidden_size, bias, device, dtype)

    @property
    def reset(self) -> Reset:
        """Whether the reset gate acts "after" the recurrent product or "before" it."""
        return self.recurrence.reset
