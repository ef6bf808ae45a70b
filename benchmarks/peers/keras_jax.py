"""Keras' layers on JAX, compiled by jax.jit; batch-major, as Keras lays out its sequences."""

from __future__ import annotations

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import keras
import numpy as np

from benchmarks import peers
from benchmarks.gate_orders import from_keras, to_keras
from benchmarks.problem import Array, Problem
from benchmarks.shapes import Pass


class Layer(peers.Layer):
    """The thread count cannot be set here: XLA reads it from the environment when it starts (see `child.py`)."""

    def __init__(self, problem: Problem, threads: int) -> None:  # noqa: ARG002 - see above
        jax.clear_caches()
        self._cell = problem.case.cell
        layer = self._make(problem)
        self._weights = [jax.numpy.asarray(w) for w in to_keras(self._cell, problem.weights)]
        self._x = jax.numpy.asarray(problem.x.swapaxes(0, 1))
        self._gradient = jax.numpy.asarray(problem.gradient.swapaxes(0, 1))
        state = [variable.value for variable in layer.non_trainable_variables]

        def outputs(weights: Any, x: Any) -> Any:
            return layer.stateless_call(weights, state, x)[0]

        def gradients(weights: Any, x: Any, gradient: Any) -> Any:
            y, pull_back = jax.vjp(outputs, weights, x)
            return y, *pull_back(gradient)

        self._outputs, self._gradients = jax.jit(outputs), jax.jit(gradients)

    def forward(self) -> None:
        jax.block_until_ready(self._outputs(self._weights, self._x))

    def train(self) -> None:
        jax.block_until_ready(self._gradients(self._weights, self._x, self._gradient))

    def results(self, which: Pass) -> dict[str, Array]:
        if which == "forward":
            return {"output": np.asarray(self._outputs(self._weights, self._x)).swapaxes(0, 1)}
        _, weights, x = self._gradients(self._weights, self._x, self._gradient)
        return from_keras(self._cell, [np.asarray(w) for w in weights]) | {"x": np.asarray(x).swapaxes(0, 1)}

    def _make(self, problem: Problem) -> Any:
        T, B, F, H = problem.case.shape.T, problem.case.shape.B, problem.case.shape.F, problem.case.shape.H
        kinds = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM}
        options = {} if self._cell in kinds else {"reset_after": self._cell == "gru"}
        layer = kinds.get(self._cell, keras.layers.GRU)(H, return_sequences=True, **options)
        layer.build((B, T, F))
        return layer
