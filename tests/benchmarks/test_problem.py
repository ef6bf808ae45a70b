from __future__ import annotations

import numpy as np
import pytest
from benchmarks.problem import problem_of, true_lengths
from benchmarks.shapes import TRUE_SHARE, Case, Shape

SHAPE = Shape(T=11, B=6, F=3, H=4)


def test_every_process_draws_the_same_numbers() -> None:
    one, other = problem_of(Case("lstm", SHAPE)), problem_of(Case("lstm", SHAPE))
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, other.weights[name])
    np.testing.assert_array_equal(one.x, other.x)
    np.testing.assert_array_equal(one.gradient, other.gradient)


def test_cases_have_numbers_of_their_own() -> None:
    assert not np.array_equal(problem_of(Case("gru", SHAPE)).x, problem_of(Case("lstm", SHAPE)).x)


def test_shapes_and_types_are_those_of_torch() -> None:
    problem = problem_of(Case("gru", SHAPE))
    shapes = {name: array.shape for name, array in problem.weights.items()}
    assert shapes == {"weight_ih": (12, 3), "weight_hh": (12, 4), "bias_ih": (12,), "bias_hh": (12,)}
    assert problem.x.shape == (11, 6, 3)
    assert problem.gradient.shape == (11, 6, 4)
    assert {array.dtype for array in (*problem.weights.values(), problem.x, problem.gradient)} == {np.dtype("float32")}
    assert problem.lengths is None


@pytest.mark.parametrize(("T", "B"), [(100, 32), (50, 32), (200, 64), (35, 64), (100, 16)])
def test_a_ragged_batch_has_the_share_of_true_steps_it_promises(T: int, B: int) -> None:
    lengths = true_lengths(T, B)
    assert lengths.shape == (B,)
    assert lengths.min() >= 1
    assert lengths.max() == T
    # Each length is rounded to a whole step, by half a step at most.
    assert abs(lengths.mean() / T - TRUE_SHARE) <= 0.5 / T


def test_lengths_of_a_ragged_case_are_unsorted() -> None:
    lengths = problem_of(Case("gru", Shape(100, 32, 2, 3), ragged=True)).lengths
    assert lengths is not None
    assert sorted(lengths) == sorted(true_lengths(100, 32))
    assert sorted(lengths) != list(lengths)


def test_one_sequence_has_the_mean_length() -> None:
    assert true_lengths(100, 1).tolist() == [55]
