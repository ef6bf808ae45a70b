"""What is measured: one registry of shapes, cells, passes and thread counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Cell = Literal["rnn", "gru", "gru_before", "lstm"]
Pass = Literal["forward", "training"]

PASSES: tuple[Pass, ...] = get_args(Pass)
CELLS: tuple[Cell, ...] = ("rnn", "gru", "lstm")
"""The cells that stand beside the peers; "gru_before" (reset before the product) is compared with our own GRU."""
THREADS = (2, 1)
GATES: dict[Cell, int] = {"rnn": 1, "gru": 3, "gru_before": 3, "lstm": 4}
TRUE_SHARE = 0.55
"""The share of true steps in a ragged batch."""


@dataclass(frozen=True)
class Shape:
    """T steps, B sequences, F input features, H units."""

    T: int
    B: int
    F: int
    H: int

    @classmethod
    def parse(cls, text: str) -> Shape:
        """From "T,B,F,H"; ValueError if it is not four whole numbers above zero."""
        if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*){3}", text):
            raise ValueError(f"{text!r} is not a shape: write T,B,F,H, such as 100,32,10,64")
        return cls(*map(int, text.split(",")))

    def __str__(self) -> str:
        return f"{self.T},{self.B},{self.F},{self.H}"


SHAPES = tuple(
    map(
        Shape.parse,
        (
            "1,1,32,64",
            "1,1,32,256",
            "100,1,32,64",
            "100,32,10,64",
            "50,32,100,256",
            "200,64,128,64",
            "35,64,640,640",
            "100,16,512,1024",
        ),
    )
)


@dataclass(frozen=True)
class Case:
    """One layer, one direction, float32, on one batch; ragged: `TRUE_SHARE` of the steps are true."""

    cell: Cell
    shape: Shape
    ragged: bool = False

    @property
    def operations(self) -> int:
        """Floating-point operations of both products in a forward pass over all steps, a multiply-add being two."""
        T, B, F, H = self.shape.T, self.shape.B, self.shape.F, self.shape.H
        return 2 * T * B * GATES[self.cell] * H * (F + H)

    def __str__(self) -> str:
        return f"{self.cell} {self.shape}{' ragged' if self.ragged else ''}"
