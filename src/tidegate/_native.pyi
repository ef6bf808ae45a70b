"""The compiled part; native/ has its source, native/call.hpp the fields of a call."""

from typing import Any

import numpy as np
import numpy.typing as npt

def isas() -> list[str]: ...
def isa() -> str: ...
def has_threads() -> bool: ...
def lend_threads(threads: int, /) -> int: ...
def forward_float32(call: tuple[int, ...], /) -> None: ...
def forward_float64(call: tuple[int, ...], /) -> None: ...
def backward_float32(call: tuple[int, ...], /) -> None: ...
def backward_float64(call: tuple[int, ...], /) -> None: ...
def saved_layout_float32(kind: int, projected: bool, /) -> tuple[int, int]: ...
def saved_layout_float64(kind: int, projected: bool, /) -> tuple[int, int]: ...
def apply_float32(sigmoid: bool, source: int, count: int, target: int, /) -> None: ...
def apply_float64(sigmoid: bool, source: int, count: int, target: int, /) -> None: ...
def busy_float32(rounds: int, /) -> int: ...
def busy_float64(rounds: int, /) -> int: ...

# torch's tensors are Any here: this module is there without torch too.
def adopt_tensors(torch: Any, /) -> bool: ...
def plain_forward(
    kind: int, batch_first: bool, threads: int, parameters: dict[str, Any], x: Any, state: Any, lengths: Any, /
) -> tuple[Any, Any] | None: ...
def plain_inputs(
    kind: int, batch_first: bool, parameters: dict[str, Any], x: Any, state: Any, lengths: Any, /
) -> tuple[Any, ...] | None: ...
def plain_saving_forward(kind: int, batch_first: bool, threads: int, inputs: tuple[Any, ...], /) -> tuple[Any, ...]: ...
def plain_backward(
    kind: int,
    batch_first: bool,
    threads: int,
    kept: tuple[Any, ...],
    arrived: tuple[Any, ...],
    wanted: tuple[bool, ...],
    /,
) -> tuple[Any, ...]: ...

class Layer32:
    def __init__(
        self,
        kind: int,
        input_weights: npt.NDArray[np.float32],
        recurrent_weights: npt.NDArray[np.float32],
        input_bias: npt.NDArray[np.float32] | None = None,
        recurrent_bias: npt.NDArray[np.float32] | None = None,
        projection: npt.NDArray[np.float32] | None = None,
        peepholes: npt.NDArray[np.float32] | None = None,
    ) -> None: ...
    def step(
        self,
        x: npt.NDArray[np.float32],
        state: npt.NDArray[np.float32],
        cell: npt.NDArray[np.float32] | None = None,
        threads: int = 1,
    ) -> None: ...
    def run(
        self,
        x: npt.NDArray[np.float32],
        y: npt.NDArray[np.float32],
        state: npt.NDArray[np.float32],
        cell: npt.NDArray[np.float32] | None = None,
        lengths: npt.NDArray[np.int64] | None = None,
        reverse: bool = False,
        threads: int = 1,
    ) -> None: ...

class Layer64:
    def __init__(
        self,
        kind: int,
        input_weights: npt.NDArray[np.float64],
        recurrent_weights: npt.NDArray[np.float64],
        input_bias: npt.NDArray[np.float64] | None = None,
        recurrent_bias: npt.NDArray[np.float64] | None = None,
        projection: npt.NDArray[np.float64] | None = None,
        peepholes: npt.NDArray[np.float64] | None = None,
    ) -> None: ...
    def step(
        self,
        x: npt.NDArray[np.float64],
        state: npt.NDArray[np.float64],
        cell: npt.NDArray[np.float64] | None = None,
        threads: int = 1,
    ) -> None: ...
    def run(
        self,
        x: npt.NDArray[np.float64],
        y: npt.NDArray[np.float64],
        state: npt.NDArray[np.float64],
        cell: npt.NDArray[np.float64] | None = None,
        lengths: npt.NDArray[np.int64] | None = None,
        reverse: bool = False,
        threads: int = 1,
    ) -> None: ...
