from __future__ import annotations

import numpy as np
import pytest
import torch
from benchmarks.gate_orders import from_keras, to_keras, to_onnx
from benchmarks.problem import problem_of
from benchmarks.shapes import Case, Cell, Shape

from tidegate.nn.convert import keras as keras_converter

SHAPE = Shape(T=5, B=3, F=4, H=6)
CELLS: list[Cell] = ["rnn", "gru", "gru_before", "lstm"]


def _state(cell: Cell) -> dict[str, torch.Tensor]:
    return {f"{name}_l0": torch.from_numpy(w) for name, w in problem_of(Case(cell, SHAPE)).weights.items()}


def _library_to_keras(cell: Cell) -> list[torch.Tensor]:
    if cell.startswith("gru"):
        return keras_converter.gru_to_keras(_state(cell), reset="before" if cell == "gru_before" else "after")
    return {"rnn": keras_converter.rnn_to_keras, "lstm": keras_converter.lstm_to_keras}[cell](_state(cell))


@pytest.mark.parametrize("cell", CELLS)
def test_keras_weights_are_those_of_the_library_s_converter(cell: Cell) -> None:
    ours = to_keras(cell, problem_of(Case(cell, SHAPE)).weights)
    for array, tensor in zip(ours, _library_to_keras(cell), strict=True):
        np.testing.assert_array_equal(array, tensor.numpy())


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_come_back_to_the_gates_they_belong_to(cell: Cell) -> None:
    weights = problem_of(Case(cell, SHAPE)).weights
    back = from_keras(cell, to_keras(cell, weights))
    np.testing.assert_array_equal(back["weight_ih"], weights["weight_ih"])
    np.testing.assert_array_equal(back["weight_hh"], weights["weight_hh"])
    summed = weights["bias_ih"] + weights["bias_hh"]
    expected = (weights["bias_ih"], weights["bias_hh"]) if cell == "gru" else (summed, summed)
    np.testing.assert_array_equal((back["bias_ih"], back["bias_hh"]), expected)


@pytest.mark.parametrize(("cell", "order"), [("rnn", "h"), ("gru", "zrn"), ("gru_before", "zrn"), ("lstm", "iofg")])
def test_onnx_weights_stand_in_the_order_of_its_operators(cell: Cell, order: str) -> None:
    torch_order = {"rnn": "h", "gru": "rzn", "gru_before": "rzn", "lstm": "ifgo"}[cell]
    weights = problem_of(Case(cell, SHAPE)).weights
    turned = to_onnx(cell, weights)
    G, H = len(order), SHAPE.H
    assert {name: array.shape for name, array in turned.items()} == {
        "W": (1, G * H, SHAPE.F),
        "R": (1, G * H, H),
        "B": (1, 2 * G * H),
    }
    for place, gate in enumerate(order):
        source = slice(torch_order.index(gate) * H, (torch_order.index(gate) + 1) * H)
        np.testing.assert_array_equal(turned["W"][0, place * H : (place + 1) * H], weights["weight_ih"][source])
        np.testing.assert_array_equal(turned["R"][0, place * H : (place + 1) * H], weights["weight_hh"][source])
        recurrent_bias = turned["B"][0, (G + place) * H : (G + place + 1) * H]
        np.testing.assert_array_equal(recurrent_bias, weights["bias_hh"][source])
