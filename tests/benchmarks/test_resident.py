from __future__ import annotations

import sys

import numpy as np
import pytest
from benchmarks.resident import reset_peak, resident_bytes, resident_peak_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's /proc")

SIZE = 64 * 2**20


def _fill_and_free() -> None:
    np.ones(SIZE, np.uint8)


def test_the_peak_is_what_was_held_at_most_and_not_what_is_held_now() -> None:
    reset_peak()
    before = resident_bytes()
    _fill_and_free()
    # A page here or there may come and go beside the array.
    assert resident_peak_bytes() - before == pytest.approx(SIZE, rel=0.05)


def test_a_new_peak_forgets_the_old_one() -> None:
    _fill_and_free()
    reset_peak()
    before = resident_bytes()
    assert resident_peak_bytes() - before < SIZE / 2
