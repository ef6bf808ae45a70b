"""The recurrent layers: drop-in replacements for `torch.nn.RNN`, `GRU` and `LSTM`, and the two minimal ones."""

from __future__ import annotations

from typing import Unpack

import torch

from tidegate.nn.arguments import Extras
from tidegate.nn.cells.gru import GRURecurrence, Reset
from tidegate.nn.cells.lstm import LSTMRecurrence
from tidegate.nn.cells.mingru import MinGRURecurrence
from tidegate.nn.cells.minlstm import MinLSTMRecurrence
from tidegate.nn.cells.rnn import RNNRecurrence
from tidegate.nn.layer import RecurrentLayer

Device = torch.device | str | None


class RNN(RecurrentLayer):
    """Vanilla recurrent layers (Elman, 1990); a drop-in for `torch.nn.RNN`.

    The equations stand at `RNNCell`; shapes and returns at `RecurrentLayer.forward`. Parameters of layer k:
    `weight_ih_lk` [H, F], `weight_hh_lk` [H, H], `bias_ih_lk` and `bias_hh_lk` [H], with `_reverse` for the second
    direction.

    Args:
        input_size, hidden_size, num_layers, nonlinearity, bias, batch_first, dropout, bidirectional, device, dtype: as
            in torch; `dropout` acts between layers, not after the last.
        layer_norm: normalise the sum of both products (Ba et al., 2016, arXiv:1607.06450), gains `gain_lk` [H].
        extras: the options of every layer, see `tidegate.nn.arguments`.

    Raises:
        ValueError, TypeError: as torch; ConfigurationError (a ValueError) for the options torch does not have.
    """

    recurrence: RNNRecurrence

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Device = None,
        dtype: torch.dtype | None = None,
        *,
        layer_norm: bool = False,
        proj_size: int = 0,
        **extras: Unpack[Extras],
    ) -> None:
        _refuse_projection(proj_size)
        shape = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        super().__init__(RNNRecurrence(nonlinearity, layer_norm), *shape, device, dtype, **extras)

    @property
    def nonlinearity(self) -> str:
        """The squashing, "tanh" or "relu"."""
        return self.recurrence.nonlinearity


class GRU(RecurrentLayer):
    """Gated recurrent layers (Cho et al., 2014, arXiv:1406.1078); a drop-in for `torch.nn.GRU`.

    The equations stand at `GRUCell`; shapes and returns at `RecurrentLayer.forward`. Parameters of layer k:
    `weight_ih_lk` [3·H, F], `weight_hh_lk` [3·H, H], `bias_ih_lk` and `bias_hh_lk` [3·H], rows reset, keep, candidate,
    with `_reverse` for the second direction.

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype: as in torch;
            `dropout` acts between layers, not after the last.
        reset: "after" the recurrent product (torch, cuDNN), or "before" it, as in the paper.
        layer_norm: normalise each product (Ba et al., 2016, arXiv:1607.06450), the two gates as one vector and the
            candidate by itself; gains `gain_ih_lk` and `gain_hh_lk` [3·H].
        extras: the options of every layer, see `tidegate.nn.arguments`.

    Raises:
        ValueError, TypeError: as torch; ConfigurationError (a ValueError) for the options torch does not have.
    """

    recurrence: GRURecurrence

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Device = None,
        dtype: torch.dtype | None = None,
        *,
        reset: Reset = "after",
        layer_norm: bool = False,
        proj_size: int = 0,
        **extras: Unpack[Extras],
    ) -> None:
        _refuse_projection(proj_size)
        shape = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        super().__init__(GRURecurrence(reset, layer_norm), *shape, device, dtype, **extras)

    @property
    def reset(self) -> Reset:
        """Whether the reset gate acts "after" the recurrent product or "before" it."""
        return self.recurrence.reset


class LSTM(RecurrentLayer):
    """Long short-term memory layers (Hochreiter & Schmidhuber, 1997); a drop-in for `torch.nn.LSTM`.

    The equations stand at `LSTMCell`; shapes and returns at `RecurrentLayer.forward`. Parameters of layer k:
    `weight_ih_lk` [4·H, F], `weight_hh_lk` [4·H, H], `bias_ih_lk` and `bias_hh_lk` [4·H], rows input, forget,
    candidate, output, and `weight_hr_lk` [P, H] where projected; with `_reverse` for the second direction.

    Args:
        input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device, dtype: as in
            torch; `dropout` acts between layers, not after the last; `proj_size` as in Sak et al., 2014,
            arXiv:1402.1128.
        peephole: let the gates see the cell through one weight a unit, `peephole_lk` [3·H], rows input, forget, output
            (Gers & Schmidhuber, 2000, "Recurrent nets that time and count").
        layer_norm: normalise both products and the cell where it is shown (Ba et al., 2016, arXiv:1607.06450); gains
            `gain_ih_lk`, `gain_hh_lk` [4·H], `gain_cell_lk` [H], and `bias_cell_lk` [H].
        extras: the options of every layer, see `tidegate.nn.arguments`.

    Raises:
        ValueError, TypeError: as torch; ConfigurationError (a ValueError) for the options torch does not have.
    """

    recurrence: LSTMRecurrence

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Device = None,
        dtype: torch.dtype | None = None,
        *,
        peephole: bool = False,
        layer_norm: bool = False,
        **extras: Unpack[Extras],
    ) -> None:
        shape = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        super().__init__(LSTMRecurrence(proj_size, peephole, layer_norm), *shape, device, dtype, **extras)

    @property
    def peephole(self) -> bool:
        """Whether the gates see the cell."""
        return self.recurrence.peephole


class MinGRU(RecurrentLayer):
    """Minimal gated recurrent layers (Feng et al., 2024, arXiv:2410.01201), arguments and returns as `GRU`.

    The equations stand at `MinGRUCell`. Parameters of layer k: `weight_ih_lk` [2·H, F] and `bias_ih_lk` [2·H], rows
    update, candidate, with `_reverse` for the second direction. There is no recurrent product, so `recurrent_dropout`
    does not apply.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Device = None,
        dtype: torch.dtype | None = None,
        **extras: Unpack[Extras],
    ) -> None:
        shape = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        super().__init__(MinGRURecurrence(), *shape, device, dtype, **extras)


class MinLSTM(RecurrentLayer):
    """Minimal LSTM layers (Feng et al., 2024, arXiv:2410.01201), arguments and returns as `GRU`: the state is h alone.

    The equations stand at `MinLSTMCell`. Parameters of layer k: `weight_ih_lk` [3·H, F] and `bias_ih_lk` [3·H], rows
    input, forget, candidate, with `_reverse` for the second direction. There is no recurrent product, so
    `recurrent_dropout` does not apply.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Device = None,
        dtype: torch.dtype | None = None,
        **extras: Unpack[Extras],
    ) -> None:
        shape = (input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional)
        super().__init__(MinLSTMRecurrence(), *shape, device, dtype, **extras)


def _refuse_projection(proj_size: int) -> None:
    if proj_size:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
