from __future__ import annotations

import pytest
import torch

from tidegate import nn
from tidegate.errors import ConfigurationError


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (nn.GRU, {"recurrent_dropout": 1.0}, "recurrent_dropout=1.0 must be a share"),
        (nn.LSTM, {"zoneout": -0.1}, "zoneout=-0.1 must be a share"),
        (nn.RNN, {"zoneout": True}, "zoneout=True must be a share"),
        (nn.GRU, {"zoneout": "much"}, "zoneout='much' must be a share"),
        (nn.MinGRU, {"recurrent_dropout": 0.1}, "no recurrent product"),
        (nn.GRU, {"bidirectional": True, "merge": "max"}, "merge='max' is not known.*'concat', 'sum', 'mean'"),
        (nn.GRU, {"merge": "sum"}, "merge='sum' needs two directions"),
        (nn.GRU, {"reset": "never"}, "reset='never' is not known"),
    ],
)
def test_options_beyond_torch_name_themselves_and_what_fits(make, options, message) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make(3, 5, **options)


@pytest.mark.parametrize("options", [{"hidden": 3}, {"peephole": True}])
def test_unknown_options_are_refused(options) -> None:
    with pytest.raises(TypeError, match=next(iter(options))):
        nn.GRU(3, 5, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 1.5},
        {"dropout": "0.5"},
        {"dropout": True},
        {"num_layers": -1},
        {"bias": None},
        {"proj_size": -1},
        {"proj_size": 5},
        {"input_size": 0},
        {"hidden_size": 2.0},
    ],
)
@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_what_torch_refuses_is_refused_with_its_error(name, options) -> None:
    arguments = {"input_size": 3, "hidden_size": 5} | options
    with pytest.raises((ValueError, TypeError)) as theirs:
        getattr(torch.nn, name)(**arguments)
    with pytest.raises(theirs.type) as ours:
        getattr(nn, name)(**arguments)
    assert str(ours.value) == str(theirs.value)
    assert ours.type is theirs.type


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM"])
def test_dropout_without_a_second_layer_warns_where_it_was_written(name) -> None:
    with pytest.warns(UserWarning, match="non-zero dropout expects num_layers greater than 1") as caught:
        getattr(nn, name)(3, 5, dropout=0.5)
    assert caught[0].filename == __file__
