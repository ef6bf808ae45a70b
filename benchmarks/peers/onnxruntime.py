"""ONNX Runtime, with input and outputs bound once, which is its quickest way to be called."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort

from benchmarks import peers
from benchmarks.peers.onnx_model import onnx_model
from benchmarks.problem import Array, Problem
from benchmarks.shapes import Pass


class Layer(peers.Layer):
    def __init__(self, problem: Problem, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self._session = ort.InferenceSession(onnx_model(problem), options, providers=["CPUExecutionProvider"])
        self._x = problem.x
        shape = problem.case.shape
        self._y = np.empty((shape.T, 1, shape.B, shape.H), np.float32)
        self._final = np.empty((1, shape.B, shape.H), np.float32)
        self._binding = self._session.io_binding()
        self._binding.bind_cpu_input("x", self._x)
        for name, array in {"y": self._y, "final": self._final}.items():
            self._binding.bind_output(name, "cpu", 0, np.float32, array.shape, array.ctypes.data)

    def forward(self) -> None:
        self._session.run_with_iobinding(self._binding)

    def results(self, which: Pass) -> dict[str, Array]:  # noqa: ARG002 - it only ever runs forward
        self._y.fill(np.nan)
        self.forward()
        return {"output": self._y[:, 0]}
