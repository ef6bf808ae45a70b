"""Exact converters between textbook, torch and Keras weights, both ways, on state dicts of torch tensors.

What differs between the sources of a GRU, and into which layer the weights go:

    source                      z is the share   reset acts         biases   gate order   layer
    textbook (Chung 2014)       written          before product     one      by name      GRU(reset="before")
    Keras, reset_after=False    kept             before product     one      z, r, h      GRU(reset="before")
    Keras, reset_after=True     kept             after product      two      z, r, h      GRU(reset="after")
    torch, cuDNN                kept             after product      two      r, z, n      GRU(reset="after")

The layers here use torch's names, shapes and order, so a state dict of `torch.nn` needs no conversion. A GRU that
resets before the product and one that resets after it are different functions: no weights turn one into the other.
σ(−a) = 1 − σ(a), so a share written becomes a share kept by negating the weights of z, which is exact.

LSTM: torch i, f, g, o with two biases; Keras i, f, c, o with one; textbook by name with one. Where a source has one
bias, it becomes `bias_ih` and `bias_hh` is zero. The way back adds the two, which is exact if one of them is zero.
Weights without any bias belong to a layer with `bias=False`.

Every converter works on one layer in one direction (`layer=1, reverse=True` gives the names `weight_ih_l1_reverse` …);
deeper and bidirectional networks are the union of such dicts: `forward | backward`. `layer=None` speaks of a cell,
whose names have no such end: `GRUCell(F, H, reset="before")` takes what `gru_from_textbook(…, layer=None)` gives.
"""

from tidegate.nn.convert.keras import (
    gru_from_keras,
    gru_to_keras,
    lstm_from_keras,
    lstm_to_keras,
    rnn_from_keras,
    rnn_to_keras,
)
from tidegate.nn.convert.textbook import (
    TextbookGRU,
    TextbookLSTM,
    TextbookRNN,
    gru_from_textbook,
    gru_to_textbook,
    lstm_from_textbook,
    lstm_to_textbook,
    rnn_from_textbook,
    rnn_to_textbook,
)
from tidegate.nn.convert.textbook_concatenated import (
    ConcatenatedGRU,
    ConcatenatedLSTM,
    gru_from_textbook_concatenated,
    gru_to_textbook_concatenated,
    lstm_from_textbook_concatenated,
    lstm_to_textbook_concatenated,
)

__all__ = [
    "ConcatenatedGRU",
    "ConcatenatedLSTM",
    "TextbookGRU",
    "TextbookLSTM",
    "TextbookRNN",
    "gru_from_keras",
    "gru_from_textbook",
    "gru_from_textbook_concatenated",
    "gru_to_keras",
    "gru_to_textbook",
    "gru_to_textbook_concatenated",
    "lstm_from_keras",
    "lstm_from_textbook",
    "lstm_from_textbook_concatenated",
    "lstm_to_keras",
    "lstm_to_textbook",
    "lstm_to_textbook_concatenated",
    "rnn_from_keras",
    "rnn_from_textbook",
    "rnn_to_keras",
    "rnn_to_textbook",
]
