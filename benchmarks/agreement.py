"""Whether a contender computed what it was asked to: a result that differs from the reference's has no figures."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.child import Child
from benchmarks.problem import Array
from benchmarks.shapes import Pass

TOLERANCE: dict[Pass, float] = {"forward": 1e-5, "training": 5e-5}
"""Largest difference admitted, as a share of the reference's largest value. What the order of float32 sums makes of
these shapes stays below a fifth of it (2e-6 and 3e-6 were seen, the gradients summing up to 12 800 rows); bfloat16, a
swapped gate or a lost step are far above."""


class Disagreement(Exception):
    """The contender's result differs from the reference's; the message says where and by how much."""


def results_of(child: Child, which: Pass) -> dict[str, Array]:
    """What the layer built in this process computes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.npz"
        child.ask("results", which=which, path=str(path))
        with np.load(path) as arrays:
            return dict(arrays)


def largest_error(results: dict[str, Array], reference: dict[str, Array], which: Pass) -> float:
    """The largest difference over all arrays, as a share of each reference's largest value; Disagreement beyond it."""
    if missing := reference.keys() - results.keys():
        raise Disagreement(f"there is no {min(missing)}")
    errors = {name: _error(name, results[name], array) for name, array in reference.items()}
    worst = max(errors, key=lambda name: np.nan_to_num(errors[name], nan=np.inf))
    if not errors[worst] <= TOLERANCE[which]:
        raise Disagreement(
            f"{worst} differs from the reference by {errors[worst]:.1e} of its largest value, "
            f"more than {TOLERANCE[which]:.0e}"
        )
    return errors[worst]


def _error(name: str, array: Array, reference: Array) -> float:
    if array.shape != reference.shape:
        raise Disagreement(f"{name} has shape {list(array.shape)}, the reference {list(reference.shape)}")
    # With one step from a zero state the recurrent weights have no gradient: there the difference stands as it is.
    scale = np.abs(reference).max() or 1.0
    return float(np.abs(array - reference).max() / scale)
