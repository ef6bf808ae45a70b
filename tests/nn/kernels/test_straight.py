"""The short way gives what the long way gives, and takes no call that is not plain."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

import tidegate
from tidegate.errors import ConfigurationError
from tidegate.nn.kernels import dispatch, straight
from tidegate.nn.kernels.dispatch import force_path

pytestmark = pytest.mark.skipif(not straight.READY, reason="no engine, or this torch does not show its tensors")

MAKES: dict[str, Callable[..., tidegate.nn.layer.RecurrentLayer]] = {
    "rnn": tidegate.nn.RNN,
    "gru": tidegate.nn.GRU,
    "gru_before": lambda *sizes, **options: tidegate.nn.GRU(*sizes, reset="before", **options),
    "lstm": tidegate.nn.LSTM,
    "lstm_peephole": lambda *sizes, **options: tidegate.nn.LSTM(*sizes, peephole=True, **options),
    "lstm_projected": lambda *sizes, **options: tidegate.nn.LSTM(*sizes, proj_size=2, **options),
}
DTYPES = (torch.float32, torch.float64)
ODD = (1, 3, 17, 65, 257)
# Sums of the same products in another order; values and gradients are of order one to ten.
CLOSE = {torch.float32: {"rtol": 1e-4, "atol": 1e-4}, torch.float64: {"rtol": 1e-11, "atol": 1e-11}}


def went_straight(layer: nn.Module, *arguments: object) -> bool:
    x, state, lengths = (*arguments, None, None)[:3]
    return dispatch.run_straight(layer, x, state, lengths) is not None


def random_state(layer: nn.Module, batch: int, dtype: torch.dtype) -> Tensor | tuple[Tensor, ...]:
    widths = layer.recurrence.state_sizes(layer.hidden_size)
    parts = tuple(torch.randn(1, batch, width, dtype=dtype, requires_grad=True) for width in widths)
    return parts if len(parts) > 1 else parts[0]


def flat(result: tuple[Tensor, object]) -> list[Tensor]:
    y, final = result
    return [y, *final] if isinstance(final, tuple) else [y, final]


def differentiated(layer: nn.Module, x: Tensor, state: object, lengths: Tensor | None = None) -> list[Tensor]:
    """Outputs, final states and the gradients of everything that is wanted."""
    found = flat(layer(x, state, lengths=lengths))
    generator = torch.Generator().manual_seed(0)
    loss = sum((one * torch.randn(one.shape, dtype=one.dtype, generator=generator)).sum() for one in found)
    states = () if state is None else state if isinstance(state, tuple) else (state,)
    leaves = [one for one in (x, *states, *layer.parameters()) if one.requires_grad]
    return found + list(torch.autograd.grad(loss, leaves))


def assert_as_the_long_way(layer: nn.Module, x: Tensor, state: object = None, lengths: Tensor | None = None) -> None:
    assert went_straight(layer, x, state, lengths)
    got = differentiated(layer, x, state, lengths)
    with force_path("walk"):
        expected = differentiated(layer, x, state, lengths)
    for one, other in zip(got, expected, strict=True):
        torch.testing.assert_close(one, other, **CLOSE[x.dtype])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("kind", MAKES)
def test_outputs_states_and_gradients(kind: str, with_state: bool, dtype: torch.dtype) -> None:
    sizes = [(1, 1), (1, 3), (2, 1), (8, 1), (9, 1), (5, 4)]
    for (steps, batch), batch_first in itertools.product(sizes, (False, True)):
        torch.manual_seed(steps)
        layer = MAKES[kind](5, 17, batch_first=batch_first, dtype=dtype)
        shape = (batch, steps, 5) if batch_first else (steps, batch, 5)
        x = torch.randn(shape, dtype=dtype, requires_grad=True)
        assert_as_the_long_way(layer, x, random_state(layer, batch, dtype) if with_state else None)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("units", ODD)
@pytest.mark.parametrize("kind", ["rnn", "gru", "gru_before", "lstm"])
def test_one_step_of_odd_widths(kind: str, units: int, dtype: torch.dtype) -> None:
    for features, bias in itertools.product((1, 3, 65, 64), (True, False)):
        torch.manual_seed(features)
        layer = MAKES[kind](features, units, bias=bias, dtype=dtype)
        x = torch.randn(1, 1, features, dtype=dtype, requires_grad=True)
        assert_as_the_long_way(layer, x, random_state(layer, 1, dtype))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("kind", MAKES)
def test_ragged_batches(kind: str, with_state: bool, dtype: torch.dtype) -> None:
    for lengths, batch_first in itertools.product(([2, 5, 0, 3], [0, 1], [4, 4, 6], [6], [1]), (False, True)):
        torch.manual_seed(sum(lengths))
        batch, steps = len(lengths), 6
        layer = MAKES[kind](5, 17, batch_first=batch_first, dtype=dtype)
        x = torch.randn((batch, steps, 5) if batch_first else (steps, batch, 5), dtype=dtype)
        by_row = x if batch_first else x.transpose(0, 1)
        for row, length in zip(by_row, lengths, strict=True):
            row[length:] = torch.nan  # padding is never read
        state = random_state(layer, batch, dtype) if with_state else None
        assert_as_the_long_way(layer, x.requires_grad_(), state, torch.tensor(lengths))


@pytest.mark.parametrize(
    "lengths",
    [torch.tensor([3, 7]), torch.tensor([-1, 6]), torch.tensor([6]), torch.tensor([[6, 6]]), torch.tensor([6.0, 6.0])],
    ids=["beyond the end", "negative", "too few", "not a vector", "not whole"],
)
def test_wrong_lengths_are_told_by_the_long_way(lengths: Tensor) -> None:
    layer, x = tidegate.nn.GRU(3, 5), torch.randn(6, 2, 3)
    with pytest.raises(ConfigurationError, match="lengths must"):
        layer(x, lengths=lengths)


def test_lengths_of_other_kinds_take_the_long_way() -> None:
    layer, x, lengths = tidegate.nn.GRU(3, 5), torch.randn(6, 2, 3), torch.tensor([2, 5])
    expected = layer(x, lengths=lengths)[0]
    apart = torch.stack([lengths, lengths], 1)[:, 0]
    for given in ([2, 5], lengths.int(), apart):
        assert not went_straight(layer, x, None, given)
        torch.testing.assert_close(layer(x, lengths=given)[0], expected, **CLOSE[torch.float32])
    assert not went_straight(layer, x, None, torch.tensor([0, 0]))
    assert torch.equal(layer(x, lengths=torch.tensor([0, 0]))[0], torch.zeros(6, 2, 5))


@pytest.mark.parametrize(
    "change", [lambda lengths: lengths.add_(1), lambda lengths: lengths.numpy().put([0, 1], [5, 2])]
)
def test_lengths_may_change_before_backward(change: Callable[[Tensor], object]) -> None:
    layer, x, lengths = tidegate.nn.GRU(3, 5), torch.randn(6, 2, 3, requires_grad=True), torch.tensor([2, 5])
    expected = torch.autograd.grad(layer(x, lengths=lengths)[0].sum(), x)[0]
    y, _ = layer(x, lengths=lengths)
    change(lengths)
    assert torch.equal(torch.autograd.grad(y.sum(), x)[0], expected)


@pytest.mark.parametrize("kind", MAKES)
def test_strided_x_and_gradients_that_are_not_dense(kind: str) -> None:
    layer, whole = MAKES[kind](5, 7, batch_first=True), torch.randn(3, 8, 5)
    for x in (whole[:, ::2], whole.transpose(0, 1), whole[:1].expand(3, 8, 5)):
        assert went_straight(layer, x)
        assert_as_the_long_way(layer, x.detach().requires_grad_())
    x = whole.clone().requires_grad_()
    y, _ = layer(x)
    (got,) = torch.autograd.grad(y.sum(), x)  # the gradient of a sum is one number, expanded
    with force_path("walk"):
        (expected,) = torch.autograd.grad(layer(x)[0].sum(), x)
    torch.testing.assert_close(got, expected, **CLOSE[torch.float32])


def test_outputs_are_tensors_like_any_other() -> None:
    layer, x = tidegate.nn.GRU(3, 5), torch.randn(1, 2, 3)
    with torch.no_grad():
        y, final = layer(x)
    assert y.is_contiguous()
    assert final.is_contiguous()
    assert y.untyped_storage().resizable()
    assert y.untyped_storage().data_ptr() != final.untyped_storage().data_ptr()
    before = y.clone()
    final.fill_(9.0)
    layer(x)
    assert torch.equal(y, before)
    with torch.inference_mode():
        assert layer(x)[0].is_inference()
    assert not layer(x)[1].is_inference()


@pytest.fixture
def poisoned_memory() -> Iterator[None]:
    """torch fills the memory of new tensors with NaN."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("kind", MAKES)
def test_nothing_is_left_unwritten(kind: str) -> None:
    layer = MAKES[kind](5, 17)
    assert torch.empty_like(torch.zeros(3)).isnan().all()
    for steps, batch, lengths in ((0, 2, None), (1, 1, None), (4, 3, None), (4, 3, torch.tensor([3, 0, 2]))):
        found = differentiated(layer, torch.randn(steps, batch, 5, requires_grad=True), None, lengths)
        assert not any(one.isnan().any() for one in found)


def test_many_shapes_one_after_the_other() -> None:
    layer = tidegate.nn.GRU(2, 3)
    for steps, batch in itertools.product(range(1, 15), range(1, 15)):
        with torch.no_grad():
            y, final = layer(torch.randn(steps, batch, 2))
        assert y.shape == (steps, batch, 3)
        assert final.shape == (1, batch, 3)
        assert y.is_contiguous()


def test_several_threads_at_once() -> None:
    layers = [tidegate.nn.GRU(3, 5 + i % 3) for i in range(6)]
    xs = [torch.randn(1 + i, 1 + i, 3) for i in range(6)]
    alone = [[one.detach() for one in differentiated(*call, None)] for call in zip(layers, xs, strict=True)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda i: differentiated(layers[i % 6], xs[i % 6], None), range(120)))
    for i, found in enumerate(together):
        assert all(torch.equal(one, other) for one, other in zip(found, alone[i % 6], strict=True))


def test_several_threads_with_more_shapes_than_are_remembered() -> None:
    layer, shapes = tidegate.nn.GRU(2, 3), [(steps, batch) for steps in range(1, 25) for batch in range(1, 25)]

    def shapes_of(shape: tuple[int, int]) -> tuple[torch.Size, torch.Size]:
        with torch.no_grad():
            y, final = layer(torch.zeros(*shape, 2))
        return y.shape, final.shape

    with ThreadPoolExecutor(4) as pool:
        for found, (steps, batch) in zip(pool.map(shapes_of, 3 * shapes), 3 * shapes, strict=True):
            assert found == ((steps, batch, 3), (1, batch, 3))


def test_what_watches_takes_the_long_way(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    layer, x = tidegate.nn.GRU(3, 5), torch.randn(1, 1, 3)

    class Marked(Tensor):
        pass

    assert went_straight(layer, x)
    assert not went_straight(layer, x.as_subclass(Marked))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert not went_straight(layer, x)
    with force_path("native"):
        assert not went_straight(layer, x)
    with monkeypatch.context() as patched:
        patched.setenv("TIDEGATE_PATH", "native")
        assert not went_straight(layer, x)
    assert went_straight(layer, x)
    with caplog.at_level(logging.DEBUG, logger="tidegate.nn"):
        layer(x)
    assert caplog.messages == ["GRU takes the path native (nothing keeps it from the fastest path)"]
    per_example = torch.func.vmap(lambda one: layer(one)[0])(torch.randn(4, 1, 1, 3))
    assert per_example.shape == (4, 1, 1, 5)


def test_hooks_of_modules_and_tensors_run() -> None:
    layer, x = tidegate.nn.GRU(3, 5), torch.randn(1, 1, 3, requires_grad=True)
    seen: list[str] = []
    layer.register_forward_hook(lambda *_: seen.append("forward"))
    layer.register_full_backward_hook(lambda *_: seen.append("backward"))
    layer.weight_hh_l0.register_hook(lambda gradient: seen.append("weight") or 2 * gradient)
    y, _ = layer(x, torch.randn(1, 1, 5))
    y.sum().backward()
    doubled = layer.weight_hh_l0.grad
    assert doubled is not None
    assert {"forward", "backward", "weight"} <= set(seen)


@pytest.mark.parametrize("lengths", [None, torch.tensor([0, 2])], ids=["dense", "ragged"])
@pytest.mark.parametrize("kind", MAKES)
def test_second_derivatives(kind: str, lengths: Tensor | None) -> None:
    layer = MAKES[kind](3, 4, dtype=torch.float64)
    x, state = torch.randn(2, 2, 3, dtype=torch.float64, requires_grad=True), random_state(layer, 2, torch.float64)
    parts = state if isinstance(state, tuple) else (state,)

    def run(x: Tensor, *parts: Tensor) -> tuple[Tensor, ...]:
        return tuple(flat(layer(x, parts if len(parts) > 1 else parts[0], lengths=lengths)))

    assert went_straight(layer, x, state, lengths)
    assert torch.autograd.gradcheck(run, (x, *parts))
    assert torch.autograd.gradgradcheck(run, (x, *parts))


def test_a_changed_input_is_told_at_backward() -> None:
    layer, x = tidegate.nn.GRU(3, 5), torch.randn(1, 1, 3)
    y, _ = layer(x)
    with torch.no_grad():
        layer.weight_ih_l0.mul_(2.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()
