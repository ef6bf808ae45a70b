from __future__ import annotations

import numpy as np
import pytest
from benchmarks.agreement import TOLERANCE, Disagreement, largest_error

REFERENCE = np.random.default_rng(3).standard_normal((4, 3, 5)).astype(np.float32)


def test_the_error_is_a_share_of_the_reference_s_largest_value() -> None:
    other = REFERENCE.copy()
    other[1, 2, 3] += np.float32(0.5 * TOLERANCE["forward"] * np.abs(REFERENCE).max())
    error = largest_error({"output": other}, {"output": REFERENCE}, "forward")
    assert error == pytest.approx(0.5 * TOLERANCE["forward"], rel=0.01)  # the sum is rounded to float32


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (REFERENCE + 0.01, "output differs"),
        (REFERENCE[::-1], "output differs"),
        (np.full_like(REFERENCE, np.nan), "output differs"),
        (REFERENCE[:-1], "output has shape"),
    ],
)
def test_a_wrong_result_is_refused(wrong: np.ndarray, message: str) -> None:
    with pytest.raises(Disagreement, match=message):
        largest_error({"output": wrong}, {"output": REFERENCE}, "forward")


def test_a_missing_gradient_is_refused() -> None:
    with pytest.raises(Disagreement, match="there is no weight_hh"):
        largest_error({"x": REFERENCE}, {"x": REFERENCE, "weight_hh": REFERENCE}, "training")


def test_one_wrong_array_among_right_ones_is_named() -> None:
    with pytest.raises(Disagreement, match="bias_ih"):
        largest_error({"x": REFERENCE, "bias_ih": -REFERENCE}, {"x": REFERENCE, "bias_ih": REFERENCE}, "training")


def test_a_reference_of_zeros_admits_zeros_alone() -> None:
    zeros = np.zeros_like(REFERENCE)
    assert largest_error({"weight_hh": zeros}, {"weight_hh": zeros}, "training") == 0
    with pytest.raises(Disagreement):
        largest_error({"weight_hh": REFERENCE}, {"weight_hh": zeros}, "training")
