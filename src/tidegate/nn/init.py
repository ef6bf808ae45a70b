"""Initialisation schemes by name, for the layers and cells of `tidegate.nn` and of `torch.nn` alike.

    torch           all weights and biases from U(−1/√H, 1/√H)                  what torch does by itself
    glorot          each gate's matrices from U(±√(6 / (fan_in + fan_out)))     Glorot & Bengio 2010, AISTATS
    orthogonal      each gate's recurrent matrix orthogonal, inputs as glorot   Saxe et al. 2014, arXiv:1312.6120
    identity        recurrent matrix 1, inputs from N(0, 0.001²); ReLU RNN      Le et al. 2015, arXiv:1504.00941
    forget_bias_1   the forget gate's bias 1, all else as it was                Gers et al. 2000; Jozefowicz et al. 2015

The first four set every parameter: biases and peepholes become 0 (but "torch" draws them too), the gains of a layer
norm 1, learnt initial states 0; the LSTM's projection counts as a recurrent matrix. The last goes on top of another.
The two biases of a gate are added: `bias_ih` gets its value, `bias_hh` gets 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn.modules.rnn import RNNBase, RNNCellBase

from tidegate.errors import ConfigurationError
from tidegate.nn.cells.base import Cell
from tidegate.nn.layer import RecurrentLayer

Recurrent = RecurrentLayer | Cell | RNNBase | RNNCellBase

# The gates in the order of their rows, by the class that holds them, here or in torch.
_GATES = {"RNN": "h", "GRU": "rkn", "LSTM": "ifgo", "MinGRU": "zn", "MinLSTM": "ifn"}


def initialise(layer: Recurrent, *schemes: str) -> None:
    """Sets the parameters of `layer` in place by schemes, one after the other, drawing from torch's generator.

        initialise(nn.LSTM(8, 64), "orthogonal", "forget_bias_1")

    Raises ConfigurationError for an unknown scheme and for one that does not fit the layer; nothing is changed then.
    """
    for scheme in schemes:
        if scheme not in _SCHEMES:
            raise ConfigurationError(f"initialisation {scheme!r} is not known: choose from {', '.join(_SCHEMES)}")
        if missing := _missing(layer, scheme):
            raise ConfigurationError(f"initialisation {scheme!r} needs {missing}, which this {_kind(layer)} has not")
    with torch.no_grad():
        for scheme in schemes:
            _SCHEMES[scheme](layer)


def initialise_chrono(layer: Recurrent, longest: int) -> None:
    """Sets the gate biases so that units remember over 1 to `longest` steps (Tallec & Ollivier 2018, arXiv:1804.11188).

    With u drawn from U(1, longest − 1) for each unit, the bias of an LSTM's forget gate becomes log u and that of its
    input gate −log u; that of a GRU's keep gate becomes log u. All else stays as it was.

    Raises ConfigurationError for other layers, layers without biases, and `longest` below 2.
    """
    if _kind(layer) not in ("GRU", "LSTM") or not layer.bias:
        raise ConfigurationError(f"chrono initialisation needs the gate biases of a GRU or LSTM, not a {_kind(layer)}")
    if longest < 2:
        raise ConfigurationError(f"longest={longest}: chrono initialisation needs a memory of 2 steps or more")
    with torch.no_grad():
        for stem, bias in _parameters(layer):
            if stem in ("bias_ih", "bias_hh"):
                _chrono(dict(zip(_GATES[_kind(layer)], bias.chunk(_gate_count(layer)), strict=True)), stem, longest)


def _chrono(gates: dict[str, Tensor], stem: str, longest: int) -> None:
    keep, write = (gates["f"], gates["i"]) if "f" in gates else (gates["k"], None)
    memory = torch.empty_like(keep).uniform_(1, longest - 1).log_() if stem == "bias_ih" else torch.zeros_like(keep)
    keep.copy_(memory)
    if write is not None:
        write.copy_(-memory)


def _missing(layer: Recurrent, scheme: str) -> str | None:
    """What the scheme sets but the layer does not have."""
    if scheme == "orthogonal" and _kind(layer).startswith("Min"):
        return "recurrent matrices"
    if scheme == "identity" and getattr(getattr(layer, "recurrence", layer), "nonlinearity", None) != "relu":
        return "a recurrence with ReLU"
    if scheme == "forget_bias_1" and not ("f" in _GATES[_kind(layer)] and layer.bias):
        return "a forget gate with a bias"
    return None


def _glorot(layer: Recurrent) -> None:
    _set(layer, inputs=nn.init.xavier_uniform_, recurrent=nn.init.xavier_uniform_)


def _orthogonal(layer: Recurrent) -> None:
    _set(layer, inputs=nn.init.xavier_uniform_, recurrent=nn.init.orthogonal_)


def _identity(layer: Recurrent) -> None:
    _set(layer, inputs=lambda matrix: matrix.normal_(0.0, 0.001), recurrent=nn.init.eye_)


def _forget_bias_1(layer: Recurrent) -> None:
    forget = _GATES[_kind(layer)].index("f")
    for stem, bias in _parameters(layer):
        if stem in ("bias_ih", "bias_hh"):
            bias.chunk(_gate_count(layer))[forget].fill_(1.0 if stem == "bias_ih" else 0.0)


_SCHEMES: dict[str, Callable[[Recurrent], None]] = {
    "torch": lambda layer: layer.reset_parameters(),
    "glorot": _glorot,
    "orthogonal": _orthogonal,
    "identity": _identity,
    "forget_bias_1": _forget_bias_1,
}


def _set(layer: Recurrent, inputs: Callable[[Tensor], Tensor], recurrent: Callable[[Tensor], Tensor]) -> None:
    """Fills each gate's matrix by itself, and everything else with what leaves the equation as simple as it can be."""
    for stem, parameter in _parameters(layer):
        if stem.startswith("weight"):
            for matrix in torch.split(parameter, layer.hidden_size):  # the projection has fewer rows and is one matrix
                (inputs if stem == "weight_ih" else recurrent)(matrix)
        else:
            parameter.fill_(1.0 if stem.startswith("gain") else 0.0)


def _parameters(layer: Recurrent) -> Iterator[tuple[str, Tensor]]:
    """Every parameter with its name up to the layer's suffix: "weight_ih_l0_reverse" is a "weight_ih"."""
    for name, parameter in layer.named_parameters():
        yield name.partition("_l")[0], parameter


def _gate_count(layer: Recurrent) -> int:
    return len(_GATES[_kind(layer)])


def _kind(layer: Recurrent) -> str:
    """The name of the recurrence, such as "GRU" for `GRU` and `GRUCell`; ConfigurationError for any other module."""
    for parent in type(layer).__mro__:
        if (kind := parent.__name__.removesuffix("Cell")) in _GATES:
            return kind
    raise ConfigurationError(f"initialisation is for recurrent layers and cells, not for {type(layer).__name__}")
