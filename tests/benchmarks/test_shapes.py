from __future__ import annotations

import pytest
from benchmarks.shapes import SHAPES, Case, Shape


def test_a_shape_reads_as_it_is_written() -> None:
    assert Shape.parse("100,32,10,64") == Shape(T=100, B=32, F=10, H=64)
    assert [Shape.parse(str(shape)) for shape in SHAPES] == list(SHAPES)


@pytest.mark.parametrize("text", ["100,32,10", "100,32,10,64,1", "100,32,10,0", "100,32,ten,64", "100, 32,10,64", ""])
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="T,B,F,H"):
        Shape.parse(text)


def test_each_shape_stands_once() -> None:
    assert len(set(SHAPES)) == len(SHAPES) == 8


def test_operations_are_those_of_both_products_of_all_gates() -> None:
    shape = Shape(T=7, B=5, F=3, H=2)
    one_gate_one_step = 2 * (2 * 3 + 2 * 2)  # a multiply-add is two
    assert Case("rnn", shape).operations == 7 * 5 * one_gate_one_step
    assert Case("gru", shape).operations == Case("gru_before", shape).operations == 3 * 7 * 5 * one_gate_one_step
    assert Case("lstm", shape).operations == 4 * 7 * 5 * one_gate_one_step
