"""One step of each recurrence in NumPy, for prediction: the equations of `tidegate.nn.cells`, which names the papers.

Letters: B batch, F input, H hidden, G gates. `a` [B, G·H] is what `project` makes of the input x [B, F] (or [T, B, F],
all steps at once); a state is a tuple of arrays [B, width]; weights have torch's names without the layer's suffix and
torch's order of rows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt

from tidegate.errors import ConfigurationError

Array: TypeAlias = npt.NDArray[np.floating[Any]]
State: TypeAlias = tuple[Array, ...]
Weights: TypeAlias = Mapping[str, Array]
Shapes: TypeAlias = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Step(ABC):
    """A recurrence without its weights; its fields are the options that `tidegate.nn` has for this layer alone."""

    gates: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def project(self, x: Array, w: Weights) -> Array:
        """The part of the gates that the input makes alone: x [..., F] → [..., G·H]."""
        return affine(x, "ih", w)

    @abstractmethod
    def __call__(self, a: Array, state: State, w: Weights) -> State:
        """The state after one step."""

    def widths(self, H: int) -> tuple[int, ...]:
        """The width of each part of the state; the first is what the layer puts out."""
        return (H,) * len(self.state_names)

    def shapes(self, F: int, H: int, bias: bool) -> Shapes:
        """The weights of one layer in one direction."""
        rows = self.gates * H
        biases: Shapes = {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
        return {"weight_ih": (rows, F), "weight_hh": (rows, self.widths(H)[0])} | biases


@dataclass(frozen=True)
class RNN(Step):
    """h' = φ(a + W_h h + b_h), φ = tanh or ReLU; with layer norm h' = φ(LN(W_i x + W_h h) + b_i + b_h)."""

    nonlinearity: str = "tanh"
    layer_norm: bool = False
    gates = 1

    def __post_init__(self) -> None:
        _check("nonlinearity", self.nonlinearity, ("tanh", "relu"))

    def shapes(self, F: int, H: int, bias: bool) -> Shapes:
        return super().shapes(F, H, bias) | ({"gain": (H,)} if self.layer_norm else {})

    def project(self, x: Array, w: Weights) -> Array:
        return linear(x, w["weight_ih"], None if self.layer_norm else w.get("bias_ih"))

    def __call__(self, a: Array, state: State, w: Weights) -> State:
        (h,) = state
        if self.layer_norm:
            bias = w["bias_ih"] + w["bias_hh"] if "bias_ih" in w else None
            total = norm(a + linear(h, w["weight_hh"]), w["gain"], bias)
        else:
            total = a + linear(h, w["weight_hh"], w.get("bias_hh"))
        return (np.tanh(total) if self.nonlinearity == "tanh" else np.maximum(total, 0),)


@dataclass(frozen=True)
class GRU(Step):
    """A gated recurrent unit; rows r, k, n.

        r, k = σ(a + W_h h + b_h)
        n    = tanh(a + r ⊙ (W_h h + b_h))     reset "after"
        n    = tanh(a + W_h (r ⊙ h) + b_h)     reset "before"
        h'   = k ⊙ h + (1 − k) ⊙ n

    Layer norm takes the products of the two gates as one vector and that of the candidate as another.
    """

    reset: str = "after"
    layer_norm: bool = False
    gates = 3

    def __post_init__(self) -> None:
        _check("reset", self.reset, ("after", "before"))

    def shapes(self, F: int, H: int, bias: bool) -> Shapes:
        return super().shapes(F, H, bias) | ({"gain_ih": (3 * H,), "gain_hh": (3 * H,)} if self.layer_norm else {})

    def project(self, x: Array, w: Weights) -> Array:
        gates, candidate = self._parts(w)
        return np.concatenate([affine(x, "ih", gates), affine(x, "ih", candidate)], axis=-1)

    def __call__(self, a: Array, state: State, w: Weights) -> State:
        (h,) = state
        gates, candidate = self._parts(w)
        a_gates, a_n = a[..., : -h.shape[-1]], a[..., -h.shape[-1] :]
        r, k = blocks(σ(a_gates + affine(h, "hh", gates)), 2)
        product = r * affine(h, "hh", candidate) if self.reset == "after" else affine(r * h, "hh", candidate)
        n = np.tanh(a_n + product)
        return (k * h + (1 - k) * n,)

    @staticmethod
    def _parts(w: Weights) -> tuple[Weights, Weights]:
        """The rows of r and k, and those of n."""
        first = len(w["weight_hh"]) // 3 * 2
        return {name: rows[:first] for name, rows in w.items()}, {name: rows[first:] for name, rows in w.items()}


@dataclass(frozen=True)
class LSTM(Step):
    """A long short-term memory; rows i, f, g, o. p are the peepholes, W_hr the projection, LN the layer norm, if any.

    i, f = σ(a + W_h h + b_h + p ⊙ c)
    g    = tanh(a + W_h h + b_h)
    c'   = f ⊙ c + i ⊙ g
    o    = σ(a + W_h h + b_h + p ⊙ c')
    h'   = W_hr (o ⊙ tanh(LN(c')))
    """

    proj_size: int = 0
    peephole: bool = False
    layer_norm: bool = False
    gates = 4
    state_names = ("h", "c")

    def widths(self, H: int) -> tuple[int, ...]:
        return self.proj_size or H, H

    def shapes(self, F: int, H: int, bias: bool) -> Shapes:
        shapes = super().shapes(F, H, bias)
        shapes |= {"weight_hr": (self.proj_size, H)} if self.proj_size else {}
        shapes |= {"peephole": (3 * H,)} if self.peephole else {}
        if self.layer_norm:
            shapes |= {"gain_ih": (4 * H,), "gain_hh": (4 * H,), "gain_cell": (H,)}
            shapes |= {"bias_cell": (H,)} if bias else {}
        return shapes

    def __call__(self, a: Array, state: State, w: Weights) -> State:
        h, c = state
        i, f, g, o = blocks(a + affine(h, "hh", w), 4)
        if not self.peephole:
            c = σ(f) * c + σ(i) * np.tanh(g)
            return self._shown(σ(o), c, w), c
        p_i, p_f, p_o = blocks(w["peephole"], 3)
        c = σ(f + p_f * c) * c + σ(i + p_i * c) * np.tanh(g)
        return self._shown(σ(o + p_o * c), c, w), c

    def _shown(self, o: Array, c: Array, w: Weights) -> Array:
        h = o * np.tanh(norm(c, w["gain_cell"], w.get("bias_cell")) if self.layer_norm else c)
        return linear(h, w["weight_hr"]) if self.proj_size else h


class _InputGated(Step):
    """Gates and candidate see the input alone, so there are no recurrent weights."""

    def shapes(self, F: int, H: int, bias: bool) -> Shapes:
        return {name: shape for name, shape in super().shapes(F, H, bias).items() if name.endswith("ih")}


@dataclass(frozen=True)
class MinGRU(_InputGated):
    """h' = (1 − z) ⊙ h + z ⊙ n with z = σ(a), n = a; rows z, n."""

    gates = 2

    def __call__(self, a: Array, state: State, w: Weights) -> State:  # noqa: ARG002 - a Step has weights
        (h,) = state
        a_z, n = blocks(a, 2)
        z = σ(a_z)
        return ((1 - z) * h + z * n,)


@dataclass(frozen=True)
class MinLSTM(_InputGated):
    """h' = f' ⊙ h + i' ⊙ n with i, f = σ(a), n = a, i' = i / (i + f), f' = f / (i + f); rows i, f, n."""

    gates = 3

    def __call__(self, a: Array, state: State, w: Weights) -> State:  # noqa: ARG002 - a Step has weights
        (h,) = state
        a_i, a_f, n = blocks(a, 3)
        # i / (i + f) = σ(log i − log f) stays finite where both gates underflow; −log σ(a) = log(1 + exp(−a)).
        ratio = np.logaddexp(0, -a_f) - np.logaddexp(0, -a_i)
        return (σ(-ratio) * h + σ(ratio) * n,)


def blocks(a: Array, count: int) -> list[Array]:
    """The last axis in equal parts; np.split does the same at many times the cost, which counts in a single step."""
    size = a.shape[-1] // count
    return [a[..., start : start + size] for start in range(0, count * size, size)]


def σ(a: Array) -> Array:
    """1 / (1 + exp(−a)), written so that nothing overflows."""
    result: Array = 0.5 + 0.5 * np.tanh(0.5 * a)
    return result


def linear(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """x [..., columns] → [..., rows]."""
    product: Array = x @ weight.T
    return product if bias is None else product + bias


def norm(a: Array, gain: Array, bias: Array | None) -> Array:
    """Layer norm of the last axis; torch's 1e-5 keeps a constant row finite."""
    centred = a - a.mean(axis=-1, keepdims=True)
    normed: Array = centred / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + 1e-5) * gain
    return normed if bias is None else normed + bias


def affine(x: Array, side: str, w: Weights) -> Array:
    """The product of x with one side's weights, "ih" or "hh", normalised if that side has a gain, plus its bias."""
    weight, bias = w[f"weight_{side}"], w.get(f"bias_{side}")
    if f"gain_{side}" not in w:
        return linear(x, weight, bias)
    return norm(linear(x, weight), w[f"gain_{side}"], bias)


def _check(option: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigurationError(f"{option}={value!r} is not known: choose {' or '.join(map(repr, choices))}")
