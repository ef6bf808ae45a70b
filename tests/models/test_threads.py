"""Inside `one_thread` torch's operators have one thread and the engine as many as before: with the same results."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from tidegate import nn
from tidegate.models.threads import one_thread
from tidegate.nn.kernels import native


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def lent() -> int:
    threads = native.lend_threads(0)
    native.lend_threads(threads)
    return threads


def test_torch_has_one_thread_inside_and_as_many_as_before_afterwards() -> None:
    found = []

    def fail_amid() -> None:
        with one_thread():
            found.append(torch.get_num_threads())
            raise RuntimeError("amid")

    with pytest.raises(RuntimeError, match="amid"):
        fail_amid()
    assert [*found, torch.get_num_threads()] == [1, 3]


@pytest.mark.skipif(not native.AVAILABLE, reason="the engine is not built")
def test_the_engine_keeps_its_threads_until_the_outermost_ends() -> None:
    with one_thread():
        with one_thread():
            assert lent() == 3
        assert lent() == 3
    assert lent() == 0


def test_a_training_step_gives_the_same_bits_as_with_one_thread_throughout() -> None:
    layer, x = nn.GRU(40, 96, batch_first=True), torch.randn(24, 30, 40)

    def gradients() -> list[torch.Tensor]:
        layer.zero_grad()
        with one_thread():
            layer(x)[0].square().sum().backward()
        return [weight.grad.clone() for weight in layer.parameters() if weight.grad is not None]

    with_teams = [gradients() for _ in range(10)]  # of which some come together, whoever else wants the cores
    torch.set_num_threads(1)
    alone = gradients()
    assert all(torch.equal(one, other) for found in with_teams for one, other in zip(found, alone, strict=True))
