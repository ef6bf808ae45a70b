"""OpenVINO in float32 (left alone it would compute in bfloat16 where the processor can), its input set once."""

from __future__ import annotations

import openvino as ov

from benchmarks import peers
from benchmarks.peers.onnx_model import onnx_model
from benchmarks.problem import Array, Problem
from benchmarks.shapes import Pass


class Layer(peers.Layer):
    def __init__(self, problem: Problem, threads: int) -> None:
        core = ov.Core()
        options = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
        }
        self._request = core.compile_model(core.read_model(onnx_model(problem)), "CPU", options).create_infer_request()
        self._x = problem.x
        self._request.set_input_tensor(ov.Tensor(self._x, shared_memory=True))

    def forward(self) -> None:
        self._request.infer(share_outputs=True)

    def results(self, which: Pass) -> dict[str, Array]:  # noqa: ARG002 - it only ever runs forward
        self.forward()
        return {"output": self._request.get_output_tensor(0).data[:, 0].copy()}
