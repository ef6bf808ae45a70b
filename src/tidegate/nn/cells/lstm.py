"""Long short-term memory, with projection and peepholes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import layer_norm, linear
from typing_extensions import override

from tidegate.nn.cells.base import Cell, Gates, Recurrence, State, Weights


@dataclass(frozen=True)
class LSTMRecurrence(Recurrence):
    """The step of `LSTMCell`, and on request its variants.

    proj_size > 0     h' = W_hr (o ⊙ tanh(c'))                                            Sak et al. 2014
    peephole          i, f also see p_i ⊙ c, p_f ⊙ c; o also sees p_o ⊙ c'                Gers & Schmidhuber 2000
    layer_norm        W_i x → LN(W_i x), W_h h → LN(W_h h), tanh(c') → tanh(LN(c'))        Ba et al. 2016, supplement
    """

    proj_size: int = 0
    peephole: bool = False
    layer_norm: bool = False
    gate_count: ClassVar[int] = 4
    state_names: ClassVar[tuple[str, ...]] = ("h", "c")

    @override
    def shapes(self, input_size: int, hidden_size: int, bias: bool) -> dict[str, tuple[int, ...]]:
        shapes = super().shapes(input_size, hidden_size, bias)
        return shapes | ({"weight_hr": (self.proj_size, hidden_size)} if self.proj_size else {})

    @override
    def extra_shapes(self, hidden_size: int, bias: bool) -> dict[str, tuple[int, ...]]:
        rows = self.gate_count * hidden_size
        shapes: dict[str, tuple[int, ...]] = {"peephole": (3 * hidden_size,)} if self.peephole else {}
        if self.layer_norm:
            shapes |= {"gain_ih": (rows,), "gain_hh": (rows,), "gain_cell": (hidden_size,)}
            shapes |= {"bias_cell": (hidden_size,)} if bias else {}
        return shapes

    @override
    def state_sizes(self, hidden_size: int) -> tuple[int, ...]:
        return self.proj_size or hidden_size, hidden_size

    @override
    def project(self, x: Tensor, weights: Weights) -> Tensor:
        return self._affine(x, "ih", weights)

    @override
    def step(self, projected: Tensor, state: State, seen: Tensor, weights: Weights) -> tuple[State, Gates]:
        _, c = state
        pre_i, pre_f, pre_g, pre_o = (projected + self._affine(seen, "hh", weights)).chunk(4, dim=-1)
        if self.peephole:
            p_i, p_f, p_o = weights["peephole"].chunk(3)
            pre_i, pre_f = pre_i + p_i * c, pre_f + p_f * c
        i, f, g = torch.sigmoid(pre_i), torch.sigmoid(pre_f), torch.tanh(pre_g)
        c = f * c + i * g
        o = torch.sigmoid(pre_o + p_o * c if self.peephole else pre_o)
        return (self._output(o, c, weights), c), {"input": i, "forget": f, "output": o, "candidate": g}

    def _output(self, o: Tensor, c: Tensor, weights: Weights) -> Tensor:
        if self.layer_norm:
            c = layer_norm(c, c.shape[-1:], weights["gain_cell"], weights.get("bias_cell"))
        h = o * torch.tanh(c)
        return linear(h, weights["weight_hr"]) if self.proj_size else h

    def _affine(self, x: Tensor, side: str, weights: Weights) -> Tensor:
        weight, bias = weights[f"weight_{side}"], weights.get(f"bias_{side}")
        if not self.layer_norm:
            return linear(x, weight, bias)
        gain = weights[f"gain_{side}"]
        return layer_norm(linear(x, weight), gain.shape, gain, bias)

    @property
    @override
    def fused_operator(self) -> str | None:
        return None if self.peephole or self.layer_norm else "lstm"


class LSTMCell(Cell):
    """One step of a long short-term memory (Hochreiter & Schmidhuber, 1997; forget gate: Gers et al., 2000).

        i  = σ(W_ii x + b_ii + W_hi h + b_hi)        input      share of the candidate that is written
        f  = σ(W_if x + b_if + W_hf h + b_hf)        forget     share of the old cell that stays
        g  = tanh(W_ig x + b_ig + W_hg h + b_hg)     candidate
        o  = σ(W_io x + b_io + W_ho h + b_ho)        output     share of the cell that is shown
        c' = f ⊙ c + i ⊙ g
        h' = o ⊙ tanh(c')

    Shapes: x [B, F], (h, c) each [B, H] → (h', c') each [B, H]; W_i [4·H, F], W_h [4·H, H], b [4·H], rows i, f, g, o.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(LSTMRecurrence(), input_size, hidden_size, bias, device, dtype)
