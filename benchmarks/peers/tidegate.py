"""Our own layers, called as torch's are; ragged batches by their lengths."""

from __future__ import annotations

import os

# Before torch, as its documentation asks for: it decides how OpenMP's threads wait.
import tidegate

# isort: split
from torch import Tensor, nn

from benchmarks.peers import torch as torch_peer
from benchmarks.shapes import Case
from tidegate.nn.kernels.dispatch import explain


class Layer(torch_peer.Layer):
    def facts(self) -> dict[str, str]:
        path, reason = explain(self._module, self._x, lengths=self._lengths)
        return {"path": path, "reason": reason, "openmp_waits": os.environ.get("OMP_WAIT_POLICY", "as usual")}

    def _make(self, case: Case) -> nn.Module:
        F, H = case.shape.F, case.shape.H
        if case.cell == "gru_before":
            return tidegate.nn.GRU(F, H, reset="before")
        return {"rnn": tidegate.nn.RNN, "gru": tidegate.nn.GRU, "lstm": tidegate.nn.LSTM}[case.cell](F, H)

    def _output(self) -> Tensor:
        return self._module(self._x, lengths=self._lengths)[0]
