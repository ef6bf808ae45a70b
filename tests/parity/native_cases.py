"""Random calls of the native engine, and how near to the truth they must come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from tidegate.nn.kernels.native import GATES, Inputs, Options, Outputs

FLOOR = {torch.float32: 1e-6, torch.float64: 2e-13}
"""What may be added to twice the error of the same sums in torch, as a share of the truth: a sum of a few products can
come out exact there by chance, and single rounding differently here is no fault."""


class Case(NamedTuple):
    options: Options
    inputs: Inputs
    arriving: Outputs
    """Weights of a loss that is linear in the outputs."""


class Sizes(NamedTuple):
    steps: int
    batch: int
    features: int
    units: int
    outputs: int


def make(options: Options, sizes: Sizes, seed: int, extras: frozenset[str]) -> Case:
    """A call with the optional inputs named in `extras`; everything float64."""
    draw = torch.Generator().manual_seed(seed)
    T, B, F, H, P = sizes
    G = GATES[options.kind]

    def normal(*shape: int, scale: float = 1.0) -> Tensor:
        return scale * torch.randn(shape, dtype=torch.float64, generator=draw)

    def sequence(width: int) -> Tensor:
        return normal(B, T, width) if options.batch_first else normal(T, B, width)

    def optional(name: str, value: Tensor) -> Tensor | None:
        return value if name in extras else None

    scale, lstm = max(H, F) ** -0.5, options.kind == "lstm"
    inputs = Inputs(
        sequence(F),
        normal(G * H, F, scale=scale),
        normal(G * H, P, scale=scale),
        optional("bias", normal(G * H)),
        optional("bias", normal(G * H)),
        optional("projection", normal(P, H, scale=scale)),
        optional("peepholes", normal(3, H)) if lstm else None,
        optional("state", normal(B, P)),
        optional("state", normal(B, H)) if lstm else None,
        optional("dropout", 2.0 * (normal(B, P) > 0).double()),
        optional("keep", (normal(B, T, P) if options.batch_first else normal(T, B, P)).sigmoid()),
        optional("keep", sequence(H).sigmoid()) if lstm else None,
        optional("lengths", torch.randint(0, T + 1, (B,), generator=draw)),
    )
    return Case(options, inputs, Outputs(sequence(P), normal(B, P), normal(B, H) if lstm else None))


def results(run: object, case: Case, dtype: torch.dtype) -> dict[str, Tensor]:
    """Outputs, final states and every gradient of `run` on the case, by name."""
    inputs = Inputs(*[_leaf(one, dtype, name) for name, one in zip(Inputs._fields, case.inputs, strict=True)])
    outputs = run(case.options, inputs)
    pairs = [(out, weight.to(dtype)) for out, weight in zip(outputs, case.arriving, strict=True) if out is not None]
    loss = sum((out * weight).sum() for out, weight in pairs)
    leaves = {name: one for name, one in inputs._asdict().items() if one is not None and one.requires_grad}
    gradients = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True, materialize_grads=True)
    found = dict(zip(("y", "state", "cell"), (out.detach() for out, _ in pairs), strict=False))
    return found | {f"d{name}": gradient for name, gradient in zip(leaves, gradients, strict=True)}


FEW = 8


UNIT = {torch.float32: 2.0**-24, torch.float64: 2.0**-53}
"""Rounding moves a number by at most this share of it."""
TINIEST = {torch.float32: 2.0**-126, torch.float64: 2.0**-1022}
"""What is smaller is denormal, and a matrix unit may take it for 0."""
LOST = 1e7
"""A lost tiny number counts as often as a sum has terms, times what it is multiplied by: some hundred terms, weights
and arriving gradients up to some thousands, a few steps that make it grow."""
PEERS = 64
"""Asked only in doubt: where one rounding grows to much the furthest of a few tells little of what rounding can do."""


def assert_as_near(case: Case, run: object, truth: object, peer: object, dtype: torch.dtype) -> None:
    """No result of `run` is further from the truth than twice the peer's, each as a whole.

    Where states make each other grow, rounding does too, and one peer may be near the truth by luck. So in doubt
    further ones are asked, each with inputs and gates moved as little as rounding moves them, and the furthest counts.
    """
    exact, got = results(truth, case, torch.float64), results(run, case, dtype)
    assert got.keys() == exact.keys()
    furthest, complaints = dict.fromkeys(exact, 0.0), ["not compared"]
    for theirs in _peers(peer, case, dtype):
        furthest = {name: max(far, _error(exact, theirs, name)) for name, far in furthest.items()}
        complaints = _complaints(exact, got, {name: 2 * far for name, far in furthest.items()}, dtype)
        if not complaints:
            return
    raise AssertionError("; ".join(complaints))


def _error(exact: dict[str, Tensor], found: dict[str, Tensor], name: str) -> float:
    return float((exact[name] - found[name]).norm())


def _complaints(
    exact: dict[str, Tensor], got: dict[str, Tensor], rounding: dict[str, float], dtype: torch.dtype
) -> list[str]:
    everything = torch.cat([value.flatten() for value in exact.values()]).norm()
    complaints = []
    for name, value in exact.items():
        # Few numbers are few sums, which may cancel to a small part of their terms: these are as large as the rest.
        scale = everything if value.numel() < FEW else value.norm()
        error = _error(exact, got, name)
        allowed = rounding[name] + FLOOR[dtype] * float(scale) + LOST * TINIEST[dtype]
        if not error <= allowed:
            complaints.append(f"{name}: error {error:.3g}, allowed {allowed:.3g}")
    return complaints


def _peers(peer: object, case: Case, dtype: torch.dtype) -> Iterator[dict[str, Tensor]]:
    yield results(peer, case, dtype)
    for seed in range(PEERS - 1):
        draw = torch.Generator().manual_seed(seed)
        inputs, arriving = ([_moved_tensor(one, dtype, draw) for one in part] for part in (case.inputs, case.arriving))
        with _MovedGates(draw):
            yield results(peer, Case(case.options, Inputs(*inputs), Outputs(*arriving)), dtype)


def _moved_tensor(one: Tensor | None, dtype: torch.dtype, draw: torch.Generator) -> Tensor | None:
    if one is None or not one.is_floating_point():
        return one
    share, lost = (2 * torch.rand(one.shape, dtype=one.dtype, generator=draw) - 1 for _ in range(2))
    return one * (1 + UNIT[dtype] * share) + TINIEST[dtype] * lost


class _MovedGates(TorchFunctionMode):
    """Sigmoid and tanh are off by up to the two units in the last place that the engine allows itself.

    A gate that is nearly 1 has a derivative that is hardly more than its error, and weights may make much of it.
    """

    def __init__(self, draw: torch.Generator) -> None:
        super().__init__()
        self._draw = draw

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function not in (torch.sigmoid, torch.tanh):
            return function(*args, **(kwargs or {}))
        share = 2 * torch.rand(args[0].shape, dtype=args[0].dtype, generator=self._draw) - 1
        return _Moved.apply(args[0], function, 1 + 2 * torch.finfo(args[0].dtype).eps * share)


class _Moved(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, function: Any, factor: Tensor) -> Tensor:
        y = function(x)
        # What is 0 or 1 stays: the engine's are the same there.
        y = torch.where(y.abs() < 1, (y * factor).clamp(-1, 1), y)
        ctx.save_for_backward(y)
        ctx.function = function
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor, None, None]:
        (y,) = ctx.saved_tensors
        return dy * (y * (1 - y) if ctx.function is torch.sigmoid else 1 - y * y), None, None


def assert_rounded_as_well(cases: list[Case], run: object, peer: object) -> None:
    """In float32, the errors of all cases together are at most twice the peer's, each result by itself.

    One case alone may come out nearly exact by chance. Added to the bound is one unit of rounding of the result: a sum
    of two or three numbers, as some gradients are, is exact in one order and not in another.
    """
    exact, ours, theirs = (
        [results(one, case, dtype) for case in cases]
        for one, dtype in ((peer, torch.float64), (run, torch.float32), (peer, torch.float32))
    )
    for name in exact[0]:
        truth, got, beside = (torch.stack([case[name].double() for case in all_of]) for all_of in (exact, ours, theirs))
        error, allowed = (
            (got - truth).norm(),
            2 * (beside - truth).norm() + torch.finfo(torch.float32).eps * truth.norm(),
        )
        assert error <= allowed, f"{name}: error {error:.3g}, allowed {allowed:.3g}"


def _leaf(value: Tensor | None, dtype: torch.dtype, name: str) -> Tensor | None:
    if value is None or not value.is_floating_point():
        return value
    constant = name in ("dropout", "keep", "keep_cell")
    return value.to(dtype).detach().clone().requires_grad_(not constant)
