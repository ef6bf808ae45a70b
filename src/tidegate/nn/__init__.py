"""Recurrent layers and cells for PyTorch, importable as `torch.nn` is."""

from __future__ import annotations

from tidegate.nn import convert, init
from tidegate.nn.cells.base import Cell
from tidegate.nn.cells.gru import GRUCell
from tidegate.nn.cells.lstm import LSTMCell
from tidegate.nn.cells.mingru import MinGRUCell
from tidegate.nn.cells.minlstm import MinLSTMCell
from tidegate.nn.cells.rnn import RNNCell
from tidegate.nn.recurrent import GRU, LSTM, RNN, MinGRU, MinLSTM
from tidegate.nn.segments import segments

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Cell",
    "GRUCell",
    "LSTMCell",
    "MinGRU",
    "MinGRUCell",
    "MinLSTM",
    "MinLSTMCell",
    "RNNCell",
    "convert",
    "init",
    "segments",
]
