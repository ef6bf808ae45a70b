"""How the native engine behaves: threads, forks, errors, memory that is not its own."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import native_cases
import pytest
import torch
from native_cases import Sizes

from tidegate import _native
from tidegate.nn.kernels import native
from tidegate.nn.kernels.native import GATES, Inputs, Options

KINDS = sorted(GATES)
WIDE, NARROW, SINGLE = Sizes(4, 5, 9, 400, 400), Sizes(20, 33, 9, 40, 40), Sizes(3, 1, 9, 500, 500)


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize(("kind", "sizes"), [*itertools.product(KINDS, (WIDE, NARROW, SINGLE))])
def test_the_number_of_threads_changes_no_bit(kind: str, sizes: Sizes, threads) -> None:
    case = native_cases.make(Options(kind), sizes, 0, frozenset(("bias", "state", "lengths", "dropout")))
    found = []
    for count in (1, 2, 3):
        threads(count)
        found.append(native_cases.results(native.run, case, torch.float32))
    for name, one in found[0].items():
        assert all(torch.equal(one, other[name]) for other in found[1:]), name


@pytest.mark.parametrize("kind", KINDS)
def test_calls_from_several_threads_at_once(kind: str) -> None:
    cases = [
        native_cases.make(Options(kind), NARROW._replace(batch=2 + seed), seed, frozenset(("bias",)))
        for seed in range(6)
    ]
    alone = [native_cases.results(native.run, case, torch.float32) for case in cases]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda i: native_cases.results(native.run, cases[i % 6], torch.float32), range(24)))
    for i, found in enumerate(together):
        assert all(torch.equal(one, alone[i % 6][name]) for name, one in found.items())


def test_other_threads_run_during_a_call() -> None:
    case = native_cases.make(Options("lstm"), Sizes(300, 32, 64, 256, 256), 0, frozenset())
    ticks, over = [], threading.Event()

    def tick() -> None:
        while not over.wait(1e-4):
            ticks.append(time.perf_counter())

    clock = threading.Thread(target=tick)
    clock.start()
    start = time.perf_counter()
    native.run(case.options, case.inputs)
    end = time.perf_counter()
    over.set()
    clock.join()
    # A call that keeps the interpreter's lock lets nobody run. All but its first and its last tenth is engine.
    margin = (end - start) / 10
    assert sum(start + margin < tick < end - margin for tick in ticks) >= 3


def test_a_forked_child_can_call(threads) -> None:
    threads(2)
    case = native_cases.make(Options("gru_after"), NARROW, 0, frozenset(("bias",)))
    expected = native.run(case.options, case.inputs).y
    child = os.fork()
    if child == 0:
        same = torch.equal(native.run(case.options, case.inputs).y, expected)
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_nothing_of_the_outputs_is_left_unwritten() -> None:
    for kind in KINDS:
        case = native_cases.make(Options(kind), Sizes(4, 5, 3, 7, 7), 1, frozenset(("lengths", "state")))
        found = native_cases.results(native.run, case, torch.float32)  # memory is NaN before: see conftest.py
        assert not any(one.isnan().any() for one in found.values())
        lengths = case.inputs.lengths
        assert lengths is not None
        assert not found["y"][torch.arange(4) >= lengths[:, None]].any()
        assert not found["dx"][torch.arange(4) >= lengths[:, None]].any()


def test_a_row_that_is_not_a_number_spoils_no_other() -> None:
    for kind in KINDS:
        case = native_cases.make(Options(kind), Sizes(4, 5, 3, 7, 7), 1, frozenset())
        clean = native.run(case.options, case.inputs).y
        case.inputs.x[2, 1] = float("nan")
        spoilt = native.run(case.options, case.inputs).y
        assert spoilt[2, 1:].isnan().all()
        others = [0, 1, 3, 4]
        assert torch.equal(spoilt[others], clean[others])


@pytest.mark.parametrize("kind", KINDS)
def test_no_steps_and_no_rows(kind: str) -> None:
    for steps, batch in ((0, 3), (3, 0), (0, 0)):
        case = native_cases.make(Options(kind), Sizes(steps, batch, 3, 5, 5), 0, frozenset(("bias", "state")))
        found = native_cases.results(native.run, case, torch.float64)
        assert found["y"].shape == (batch, steps, 5)
        assert torch.equal(found["state"], case.inputs.state)
        assert not found["drecurrent_weights"].any()


def test_gradients_can_be_asked_for_twice_with_the_graph_kept() -> None:
    case = native_cases.make(Options("lstm"), NARROW, 0, frozenset(("bias",)))
    x = case.inputs.x.requires_grad_()
    loss = native.run(case.options, case.inputs).y.sum()
    first, second = (torch.autograd.grad(loss, x, retain_graph=True)[0] for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("kind", ["gru_after", "gru_before"])
def test_a_gate_that_keeps_all_holds_the_state_exactly(kind: str) -> None:
    units, keeps = 16, torch.tensor([0.0, 50.0, 0.0]).repeat_interleave(16)  # σ(50) is 1 in float32
    draw = torch.Generator().manual_seed(0)
    state = 1e-3 * torch.randn(1, units, generator=draw)
    candidate = torch.cat((torch.zeros(2 * units, 1), 3 * torch.randn(units, 1, generator=draw)))
    inputs = Inputs(
        torch.randn(1, 100, 1, generator=draw), candidate, torch.zeros(3 * units, units), keeps, state=state
    )
    assert torch.equal(native.run(Options(kind), inputs).state, state)


def test_wrong_calls_are_refused() -> None:
    case = native_cases.make(Options("gru_after"), Sizes(3, 2, 3, 5, 5), 0, frozenset(("lengths",)))
    with pytest.raises(ValueError, match="beyond the last step"):
        native.run(case.options, case.inputs._replace(lengths=torch.tensor([4, 1])))
    with pytest.raises(ValueError, match=r"state has shape \[3, 5\], expected \[2, 5\]"):
        native.run(case.options, case.inputs._replace(state=torch.zeros(3, 5, dtype=torch.float64)))
    with pytest.raises(ValueError, match=r"state is torch.float32, expected torch.float64"):
        native.run(case.options, case.inputs._replace(state=torch.zeros(2, 5)))
    with pytest.raises(ValueError, match="fields"):
        _native.forward_float32((0, 1, 2))
    with pytest.raises(ValueError, match="fields"):
        _native.forward_float32((0,) * 80)
    with pytest.raises(ValueError, match="at least one unit"):
        _native.forward_float32((0,) * 52)


def test_an_unknown_instruction_set_is_refused() -> None:
    code = "from tidegate import _native; _native.isa()"
    environment = os.environ | {"TIDEGATE_ISA": "mmx"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "TIDEGATE_ISA is 'mmx', but this processor offers: baseline" in done.stderr


def test_the_module_needs_no_torch() -> None:
    code = "import sys; from tidegate import _native; _native.isa(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
