"""The peers: what can be measured, each in a file of its own that only its own process imports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from benchmarks.problem import Array, Problem
from benchmarks.shapes import Case, Cell, Pass

Name = Literal["tidegate", "torch", "onnxruntime", "openvino", "keras_jax", "peak", "walk"]


class Layer(ABC):
    """A built layer that one process runs again and again; `Layer(problem, threads)` builds it."""

    @abstractmethod
    def __init__(self, problem: Problem, threads: int) -> None: ...

    def prepare(self, which: Pass) -> None:  # noqa: B027 - most peers have nothing to prepare
        """Called before a series of calls, outside the time."""

    @abstractmethod
    def forward(self) -> None:
        """All outputs of the sequence, without keeping anything for a backward pass; returns when they are there."""

    def train(self) -> None:
        """The forward pass, then the gradients of all weights and of the input."""
        raise NotImplementedError(f"{type(self).__module__} does not train")

    @abstractmethod
    def results(self, which: Pass) -> dict[str, Array]:
        """What a call of this pass computed, in torch's layout: "output" [T, B, H], or gradients "x", "weight_ih" …"""

    def facts(self) -> dict[str, str]:
        """What a reader of the figures should know, such as the path taken."""
        return {}


@dataclass(frozen=True)
class Peer:
    """Who can be measured at what, so that the parent knows without importing it."""

    name: Name
    packages: tuple[str, ...]
    trains: bool = False
    cells: tuple[Cell, ...] = ("rnn", "gru", "lstm")
    ragged: bool = False

    def can(self, case: Case, which: Pass) -> bool:
        return case.cell in self.cells and (self.trains or which == "forward") and (self.ragged or not case.ragged)


_ALL: tuple[Cell, ...] = ("rnn", "gru", "gru_before", "lstm")
PEERS: dict[Name, Peer] = {
    peer.name: peer
    for peer in (
        Peer("tidegate", ("tidegate",), trains=True, cells=_ALL, ragged=True),
        Peer("torch", ("torch",), trains=True, ragged=True),
        Peer("onnxruntime", ("onnxruntime", "onnx"), cells=_ALL),
        Peer("openvino", ("openvino", "onnx"), cells=_ALL),
        Peer("keras_jax", ("keras", "jax"), trains=True, cells=_ALL),
    )
}
RIVALS: tuple[Name, ...] = tuple(name for name in PEERS if name != "tidegate")


def layer_type(name: str) -> type[Layer]:
    """The peer's layer; ImportError if the peer is not installed."""
    layer: type[Layer] = import_module(f"benchmarks.peers.{name}").Layer
    return layer
