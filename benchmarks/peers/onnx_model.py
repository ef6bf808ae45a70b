"""The layer as an ONNX model, from which ONNX Runtime and OpenVINO both start."""

from __future__ import annotations

from onnx import TensorProto, helper, numpy_helper

from benchmarks.gate_orders import to_onnx
from benchmarks.problem import Problem
from benchmarks.shapes import Case

OPERATORS = {"rnn": "RNN", "gru": "GRU", "gru_before": "GRU", "lstm": "LSTM"}


def onnx_model(problem: Problem) -> bytes:
    """x [T, B, F] → y [T, 1, B, H] and the final hidden state [1, B, H], with fixed shapes: the peers' best case."""
    T, B, F, H = problem.case.shape.T, problem.case.shape.B, problem.case.shape.F, problem.case.shape.H
    shapes = {"x": [T, B, F], "y": [T, 1, B, H], "final": [1, B, H]}
    values = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()}
    weights = to_onnx(problem.case.cell, problem.weights)
    constants = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    node = helper.make_node(
        OPERATORS[problem.case.cell], ["x", *weights], ["y", "final"], hidden_size=H, **_options(problem.case)
    )
    graph = helper.make_graph([node], "layer", [values["x"]], [values["y"], values["final"]], constants)
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=helper.find_min_ir_version_for([opset]))
    return model.SerializeToString()


def _options(case: Case) -> dict[str, int]:
    # torch's GRU resets after the product; ONNX calls that linear_before_reset.
    return {"linear_before_reset": 1} if case.cell == "gru" else {}
