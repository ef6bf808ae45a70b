"""What all recurrent layers share: their parameters, and the call."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from tidegate.errors import ConfigurationError
from tidegate.nn.arguments import Merge, check_merge, check_proj_size, check_shares, check_torch_arguments
from tidegate.nn.call import Call, Lengths
from tidegate.nn.cells.base import Gates, Recurrence, Weights
from tidegate.nn.kernels import dispatch
from tidegate.nn.kernels.carrying import engine_number
from tidegate.nn.kernels.walking import carry_walking
from tidegate.nn.stack import run_stack

_USUAL: dict[str, object] = {
    "num_layers": 1,
    "bias": True,
    "batch_first": False,
    "dropout": 0.0,
    "bidirectional": False,
    "recurrent_dropout": 0.0,
    "zoneout": 0.0,
    "residual": False,
    "learn_initial_state": False,
    "merge": "concat",
}


class RecurrentLayer(nn.Module):
    """A stack of one recurrence in one or two directions; the base of RNN, GRU, LSTM, MinGRU and MinLSTM."""

    def __init__(
        self,
        recurrence: Recurrence,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        batch_first: bool,
        dropout: float,
        bidirectional: bool,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
        *,
        recurrent_dropout: float = 0.0,
        zoneout: float = 0.0,
        residual: bool = False,
        learn_initial_state: bool = False,
        merge: Merge = "concat",
    ) -> None:
        super().__init__()
        check_torch_arguments(input_size, hidden_size, num_layers, bias, batch_first, dropout)
        self.recurrence = recurrence
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        check_proj_size(self.proj_size, hidden_size)
        check_shares({"recurrent_dropout": recurrent_dropout, "zoneout": zoneout})
        check_merge(merge, bidirectional)
        if recurrent_dropout and "weight_hh" not in self._shapes(0):
            raise ConfigurationError("recurrent_dropout has nothing to act on here: there is no recurrent product")
        self.recurrent_dropout = recurrent_dropout
        self.zoneout = zoneout
        self.residual = residual
        self.learn_initial_state = learn_initial_state
        self.merge = merge
        # These two are kept although derivable: looked up at every call, where a short one takes microseconds.
        self._names = self._all_names()
        self._kind = engine_number(recurrence)
        for name, parameter_shape in self._parameter_shapes().items():
            self.register_parameter(name, nn.Parameter(torch.empty(parameter_shape, device=device, dtype=dtype)))
        self.reset_parameters()

    def _shapes(self, index: int) -> dict[str, tuple[int, ...]]:
        width = self.recurrence.state_sizes(self.hidden_size)[0]
        if index and self.bidirectional and self.merge == "concat":
            width *= 2
        return self.recurrence.shapes(width if index else self.input_size, self.hidden_size, self.bias)

    def _parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        # torch's parameters stand first, so that the same seed gives them the same values whatever the extras add.
        named = {names[stem]: shape for index, names in self._places() for stem, shape in self._shapes(index).items()}
        extra = self.recurrence.extra_shapes(self.hidden_size, self.bias)
        named |= {names[stem]: shape for _, names in self._places() for stem, shape in extra.items()}
        if self.learn_initial_state:
            sizes = zip(self.recurrence.state_names, self.recurrence.state_sizes(self.hidden_size), strict=True)
            named |= {f"initial_{name}": (len(self._names), size) for name, size in sizes}
        return named

    def _places(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each layer and direction: the layer's index, and the names of its parameters by their stems."""
        for place, names in enumerate(self._names):
            yield place // self.num_directions, names

    def _all_names(self) -> list[dict[str, str]]:
        stems = [*self._shapes(0), *self.recurrence.extra_shapes(self.hidden_size, self.bias)]
        suffixes = ["", "_reverse"][: self.num_directions]
        places = product(range(self.num_layers), suffixes)
        return [{stem: f"{stem}_l{index}{suffix}" for stem in stems} for index, suffix in places]

    @property
    def num_directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def proj_size(self) -> int:
        """Width of the projected state, 0 without projection; every layer of torch has it."""
        return int(getattr(self.recurrence, "proj_size", 0))

    @property
    def all_weights(self) -> list[list[nn.Parameter]]:
        """The parameters of each layer and direction, as in torch."""
        return [[getattr(self, name) for name in names.values()] for names in self._names]

    def weights(self, index: int, direction: int) -> Weights:
        """One layer's parameters in one direction, by their names without the suffix."""
        names = self._names[index * self.num_directions + direction]
        return {stem: getattr(self, name) for stem, name in names.items()}

    def reset_parameters(self) -> None:
        """Draw all weights and biases from U(−1/√H, 1/√H), as torch does; gains start at 1, learnt states at 0."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for name, parameter in self.named_parameters():
            if name.startswith("gain"):
                nn.init.ones_(parameter)
            elif name.startswith(("initial", "bias_cell")):
                nn.init.zeros_(parameter)
            else:
                nn.init.uniform_(parameter, -bound, bound)

    def flatten_parameters(self) -> None:
        """Kept for programs written for torch, where it arranges memory for cuDNN; there is nothing to arrange here."""

    def forward(
        self,
        x: Tensor | PackedSequence | None = None,
        state: Any = None,
        *,
        lengths: Lengths | None = None,
        input: Tensor | PackedSequence | None = None,
        hx: Any = None,
    ) -> tuple[Any, Any]:
        """Carry the layers over whole sequences.

        Args:
            x: [T, B, F], with `batch_first` [B, T, F]; one sequence [T, F]; or a PackedSequence. Not to be left out.
            state: the initial state [L·D, B, width] ([L·D, width] for one sequence); for the LSTM a pair (h, c). Left
                out, it is zero, or the learnt one.
            lengths: how many steps of each sequence are true, [B], unsorted, zero allowed. What lies behind is never
                read; the outputs there are 0.
            input, hx: torch's names for `x` and `state`.

        Returns:
            The outputs of the last layer, shaped as x with D·H features (H if the directions are summed or averaged),
            and the state after each sequence's own last step, shaped as `state`.

        Raises:
            ValueError, RuntimeError, TypeError: as torch's layers, for wrong shapes and types.
            ConfigurationError: the lengths do not fit x.
        """
        if x is None or input is not None:
            x = _the_input(x, input)
        if hx is not None:
            state = _the_state(state, hx)
        straight = dispatch.run_straight(self, x, state, lengths)
        if straight is not None:
            return straight
        call = Call(self, x, state, lengths, padded_from=dispatch.padded_from(self))
        rows, final = dispatch.run(self, call.rows, call.layout, call.initial)
        return call.outputs(rows), call.final(final)

    def trace(
        self, x: Tensor | PackedSequence, state: Any = None, *, lengths: Lengths | None = None
    ) -> list[dict[str, Tensor]]:
        """What the gates do, from the very step function that computes the outputs.

        Args: as `forward`.

        Returns:
            One dict for each layer and direction, ordered as the state is; each value is [B, T, H] ([T, H] for one
            sequence), in the order of time for both directions, 0 in the padding. All have `hidden`, the state after
            the step; GRU `update` (share written), `reset`, `candidate`; LSTM `input`, `forget`, `output`, `candidate`,
            `cell`; MinGRU `update`, `candidate`; MinLSTM `input`, `forget` (which sum to 1), `candidate`.
        """
        call = Call(self, x, state, lengths)
        traces: list[list[Gates]] = []
        run_stack(self, call.rows, call.layout, call.initial, partial(carry_walking, traces=traces))
        return [
            {name: call.batch_major(torch.cat([gates[name] for gates in trace])) for name in trace[0]}
            for trace in traces
        ]

    def extra_repr(self) -> str:
        changed = {name: value for name, usual in _USUAL.items() if (value := getattr(self, name)) != usual}
        options = "".join(f", {name}={value}" for name, value in changed.items())
        return f"{self.input_size}, {self.hidden_size}{self.recurrence.changed_options()}{options}"


def _the_input(x: Tensor | PackedSequence | None, named: Tensor | PackedSequence | None) -> Tensor | PackedSequence:
    if x is not None and named is not None:
        raise TypeError("x and input are two names of one argument: pass one of them")
    given = named if x is None else x
    if given is None:
        raise TypeError("the input is missing: pass it first, or by the name x or input")
    return given


def _the_state(state: Any, hx: Any) -> Any:
    if state is not None:
        raise TypeError("state and hx are two names of one argument: pass one of them")
    return hx
