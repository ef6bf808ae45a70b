"""The engine's own sigmoid and tanh, against wider arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import DTypeLike, NDArray

from tidegate import _native

DTYPES = [np.float32, np.float64]


def apply(function: str, x: NDArray[np.floating]) -> NDArray[np.floating]:
    y = np.full_like(x, np.nan)
    native = _native.apply_float32 if x.dtype == np.float32 else _native.apply_float64
    native(function == "sigmoid", x.ctypes.data, x.size, y.ctypes.data)
    return y


def truth(function: str, x: NDArray[np.floating]) -> NDArray[np.longdouble]:
    wide = x.astype(np.longdouble)
    with np.errstate(over="ignore"):  # 1 / (1 + ∞) is the 0 that is meant
        return 1 / (1 + np.exp(-wide)) if function == "sigmoid" else np.tanh(wide)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", ["sigmoid", "tanh"])
def test_within_two_units_in_the_last_place(function: str, dtype: DTypeLike) -> None:
    draw = np.random.default_rng(0)
    small = draw.normal(size=200_000) * 10.0 ** draw.uniform(-12, 0, 200_000)
    x = np.concatenate([draw.uniform(-10, 10, 400_000), np.linspace(-10, 10, 200_001), small]).astype(dtype)
    exact = truth(function, x)
    unit = np.spacing(np.abs(exact.astype(dtype))).astype(np.longdouble)
    assert np.max(np.abs(apply(function, x) - exact) / unit) <= 2


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("function", "low"), [("sigmoid", 0.0), ("tanh", -1.0)])
def test_never_outside_its_range(function: str, low: float, dtype: DTypeLike) -> None:
    info = np.finfo(dtype)
    exponents = np.linspace(np.log2(float(info.tiny)), np.log2(float(info.max)) - 1, 100_001)
    size = np.concatenate([np.exp2(exponents), np.linspace(0, 100, 100_001)]).astype(dtype)
    y = apply(function, np.concatenate([size, -size]))
    assert low <= y.min() <= y.max() <= 1
    assert np.all(np.diff(apply(function, np.sort(size))) >= -2 * info.eps)


@pytest.mark.parametrize("function", ["sigmoid", "tanh"])
def test_all_over_the_numbers_there_are(function: str) -> None:
    # Every 4093rd bit pattern: all exponents, numbers without a leading one, infinities and many kinds of NaN.
    x = np.arange(0, 2**32, 4093, dtype=np.uint64).astype(np.uint32).view(np.float32)
    y = apply(function, x)
    np.testing.assert_array_equal(np.isnan(y), np.isnan(x))
    number, small = x[~np.isnan(x)], x[np.abs(x) < 10]
    exact = truth(function, number)
    assert np.max(np.abs(y[~np.isnan(x)] - exact)) <= 2 * np.finfo(np.float32).eps
    exact = truth(function, small)
    unit = np.spacing(np.abs(exact.astype(np.float32))).astype(np.longdouble)
    assert np.max(np.abs(apply(function, small) - exact) / unit) <= 2


@pytest.mark.parametrize("dtype", DTYPES)
def test_limits(dtype: DTypeLike) -> None:
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0], dtype=dtype)
    np.testing.assert_array_equal(apply("sigmoid", x), np.array([np.nan, 1, 0, 0.5, 0.5], dtype=dtype))
    np.testing.assert_array_equal(apply("tanh", x), np.array([np.nan, 1, -1, 0, 0], dtype=dtype))
    assert np.signbit(apply("tanh", x)[4])
