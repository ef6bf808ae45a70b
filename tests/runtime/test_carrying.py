"""The engine beside NumPy: the same layer carried by both."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest

from tidegate.runtime import Recurrent, carrying
from tidegate.runtime.carrying import Engine, Walk, carrier_of
from tidegate.runtime.options import expected_shapes, parsed
from tidegate.runtime.steps import Step, Weights

pytestmark = pytest.mark.skipif(not carrying.AVAILABLE, reason="the engine was not built")

CELLS = [
    ("rnn", {}),
    ("rnn", {"nonlinearity": "relu"}),
    ("gru", {}),
    ("gru", {"reset": "before"}),
    ("gru", {"bias": False}),
    ("lstm", {}),
    ("lstm", {"peephole": True}),
    ("lstm", {"proj_size": 1}),
]
# Sums of up to 257 products in another order, and a sigmoid of other roundings, over seven steps.
CLOSE = {"float32": {"rtol": 1e-4, "atol": 5e-5}, "float64": {"rtol": 1e-11, "atol": 1e-12}}


def drawn(cell: str, options: dict[str, object], features: int, units: int, dtype: str) -> tuple[Step, Weights]:
    step, stack = parsed(cell, {"input_size": features, "hidden_size": units, **options})
    rng = np.random.default_rng(units)
    shapes = expected_shapes(step, stack).items()
    scale = max(units, features) ** -0.5
    return step, {name.removesuffix("_l0"): (scale * rng.normal(size=shape)).astype(dtype) for name, shape in shapes}


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("units", [2, 3, 17, 65, 257])
@pytest.mark.parametrize(("cell", "options"), CELLS)
def test_the_engine_is_numpy(cell: str, options: dict[str, object], units: int, dtype: str) -> None:
    step, weights = drawn(cell, options, 5, units, dtype)
    engine, walk = carrier_of(step, weights, 0.0), Walk(step, weights, 0.0)
    assert isinstance(engine, Engine)
    rng = np.random.default_rng(1)
    for batch, reverse in itertools.product((1, 3), (False, True)):
        x = rng.normal(size=(batch, 7, 5)).astype(dtype)
        lengths = np.array([7, 0, 4][:batch])
        before = [rng.normal(size=(batch, width)).astype(dtype) for width in step.widths(units)]
        states = [tuple(part.copy() for part in before) for _ in range(2)]
        found = [one.run(x, state, lengths, reverse) for one, state in zip((engine, walk), states, strict=True)]
        np.testing.assert_allclose(*found, **CLOSE[dtype])
        for one, state in zip((engine, walk), states, strict=True):
            one.step(np.ascontiguousarray(x[:, 0]), state)
        for one, other in zip(*states, strict=True):
            np.testing.assert_allclose(one, other, **CLOSE[dtype])


@pytest.mark.parametrize(
    ("cell", "options", "zoneout", "dtype"),
    [
        ("gru", {"layer_norm": True}, 0.0, "float32"),
        ("gru", {}, 0.25, "float32"),
        ("gru", {}, 0.0, "float16"),
        ("gru", {}, 0.0, ">f4"),
        ("mingru", {}, 0.0, "float32"),
    ],
)
def test_what_the_engine_has_not_is_walked(cell: str, options: dict[str, object], zoneout: float, dtype: str) -> None:
    step, weights = drawn(cell, options, 5, 3, dtype)
    assert isinstance(carrier_of(step, weights, zoneout), Walk)


@pytest.mark.parametrize(("cell", "options"), CELLS)
def test_what_was_given_is_left_as_it_was(cell: str, options: dict[str, object]) -> None:
    step, weights = drawn(cell, options, 5, 4, "float32")
    recurrent = Recurrent(
        cell, {"input_size": 5, "hidden_size": 4, **options}, {f"{name}_l0": one for name, one in weights.items()}
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 5)).astype(np.float32)
    parts = tuple(rng.normal(size=(1, 2, width)).astype(np.float32) for width in step.widths(4))
    state = parts if len(parts) > 1 else parts[0]
    kept = [one.copy() for one in (x, *parts)]
    y, after = recurrent.run(x, state)
    first, now = recurrent.step(x[:, 0], state)
    for one, copy in zip((x, *parts), kept, strict=True):
        np.testing.assert_array_equal(one, copy)
    # The step and the walk multiply in another order.
    np.testing.assert_allclose(first, y[:, 0], rtol=1e-4, atol=1e-5)
    first.fill(9)
    hidden = now[0] if isinstance(now, tuple) else now
    assert not (hidden == 9).any()
    assert not np.shares_memory(y, after[0])


def test_without_the_engine_numpy_carries() -> None:
    code = (
        "import sys; sys.modules['tidegate._native'] = None\n"
        "import numpy as np\n"
        "from tidegate.runtime import Recurrent, carrying\n"
        "assert not carrying.AVAILABLE and 'torch' not in sys.modules\n"
        "weights = {'weight_ih_l0': np.ones((2, 3)), 'weight_hh_l0': np.ones((2, 2)),"
        " 'bias_ih_l0': np.ones(2), 'bias_hh_l0': np.ones(2)}\n"
        "y, h = Recurrent('rnn', {'input_size': 3, 'hidden_size': 2}, weights).step(np.ones((1, 3)))\n"
        "assert np.allclose(y, np.tanh(5)) and np.allclose(h, np.tanh(5))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
