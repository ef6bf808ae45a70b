"""The checks of a layer's constructor: torch's own, with torch's errors, and those of the options beyond torch."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Literal, TypedDict, get_args

from tidegate.errors import ConfigurationError

Merge = Literal["concat", "sum", "mean"]


class Extras(TypedDict, total=False):
    """Options of every recurrent layer that torch's layers do not have; all of them are off unless given.

    recurrent_dropout: share of the state hidden from the recurrent product in training, one mask per sequence, the same
        at each step (Gal & Ghahramani, 2016, arXiv:1512.05287). Minimal layers have no such product and admit 0 alone.
    zoneout: share of the state's units that keep their old value, drawn at each step; in evaluation the expectation
        takes its place (Krueger et al., 2017, arXiv:1606.01305). In the LSTM it holds for h and c, drawn apart.
    residual: from the second layer on, a layer's output is what it computes plus what it was given, before dropout
        (He et al., 2016, arXiv:1512.03385; Wu et al., 2016, arXiv:1609.08144). The state is not touched by it.
    learn_initial_state: states that are not passed start from a parameter, zero at first, instead of from zero
        (parameters `initial_h` and, for the LSTM, `initial_c`, each [L·D, width]).
    merge: how the two directions make one output: "concat" [2·H], "sum" or "mean" [H] (Schuster & Paliwal, 1997).
    """

    recurrent_dropout: float
    zoneout: float
    residual: bool
    learn_initial_state: bool
    merge: Merge


def check_torch_arguments(
    input_size: int, hidden_size: int, num_layers: int, bias: bool, batch_first: bool, dropout: float
) -> None:
    """What torch checks, in torch's order, with torch's types and words."""
    _check_dropout(dropout, num_layers)
    for name, flag in {"bias": bias, "batch_first": batch_first}.items():
        if not isinstance(flag, bool):
            raise TypeError(f"{name} should be of type bool, got: {type(flag).__name__}")
    for name, size in {"input_size": input_size, "hidden_size": hidden_size}.items():
        if not isinstance(size, int):
            raise TypeError(f"{name} should be of type int, got: {type(size).__name__}")
        if size <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")


def check_proj_size(proj_size: int, hidden_size: int) -> None:
    """What torch checks of the LSTM's projection."""
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


def check_shares(shares: Mapping[str, float]) -> None:
    """Probabilities by name."""
    for name, share in shares.items():
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
            raise ConfigurationError(f"{name}={share!r} must be a share: 0 or more and less than 1")


def check_merge(merge: str, bidirectional: bool) -> None:
    """How two directions make one output, and that there are two."""
    if merge not in get_args(Merge):
        raise ConfigurationError(f"merge={merge!r} is not known: choose one of {', '.join(map(repr, get_args(Merge)))}")
    if merge != "concat" and not bidirectional:
        raise ConfigurationError(f"merge={merge!r} needs two directions: set bidirectional=True or leave merge out")


def _check_dropout(dropout: float, num_layers: int) -> None:
    if not isinstance(dropout, int | float) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=5,
        )
