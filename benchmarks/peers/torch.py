"""torch.nn's own layers; ragged batches as packed sequences."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from benchmarks import peers
from benchmarks.problem import Array, Problem
from benchmarks.shapes import Case, Pass


class Layer(peers.Layer):
    """A layer made by torch, called as its users call it."""

    def __init__(self, problem: Problem, threads: int) -> None:
        torch.set_num_threads(threads)
        self._module = self._make(problem.case)
        self._module.load_state_dict({f"{name}_l0": torch.from_numpy(w) for name, w in problem.weights.items()})
        self._x = torch.from_numpy(problem.x).requires_grad_()
        self._gradient = torch.from_numpy(problem.gradient)
        self._lengths = None if problem.lengths is None else torch.from_numpy(problem.lengths)

    def prepare(self, which: Pass) -> None:
        torch.set_grad_enabled(which == "training")
        self._module.train(which == "training")

    def forward(self) -> None:
        self._output()

    def train(self) -> None:
        for leaf in (self._x, *self._module.parameters()):
            leaf.grad = None
        self._output().backward(self._gradient)

    def results(self, which: Pass) -> dict[str, Array]:
        self.prepare(which)
        if which == "forward":
            return {"output": self._output().numpy()}
        self.train()
        leaves = {"x": self._x} | {name.removesuffix("_l0"): w for name, w in self._module.named_parameters()}
        return {name: np.asarray(leaf.grad) for name, leaf in leaves.items()}

    def _make(self, case: Case) -> nn.Module:
        return {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[case.cell](case.shape.F, case.shape.H)

    def _output(self) -> Tensor:
        if self._lengths is None:
            return self._module(self._x)[0]
        packed = pack_padded_sequence(self._x, self._lengths, enforce_sorted=False)
        return pad_packed_sequence(self._module(packed)[0], total_length=len(self._x))[0]
