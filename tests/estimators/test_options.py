from __future__ import annotations

import numpy as np
import pytest

from tidegate.errors import ConfigurationError
from tidegate.estimators.options import ForecasterOptions, forecaster_options, validated


def test_values_are_taken_and_the_rest_is_left_open():
    options = forecaster_options({"cell": "lstm", "horizon": np.int64(3), "levels": [80, 95.5], "learning_rate": 1e-2})
    assert (options.cell, options.horizon, options.levels, options.learning_rate) == ("lstm", 3, (80.0, 95.5), 1e-2)
    assert options.window is options.season_length is None
    assert (options.anchor, options.scaler) == ("auto", "auto")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hiden_size": 3}, r"no option 'hiden_size'; did you mean 'hidden_size'\?"),
        ({"horizn": 3}, r"did you mean 'horizon'\?"),
        ({"zzzzzz": 3}, r"no option 'zzzzzz'; there are: accelerator, anchor, .*, zoneout"),
        ({"cell": "gruu"}, r"cell='gruu': input should be 'rnn', 'gru', 'lstm', 'mingru' or 'minlstm'"),
        ({"horizon": 0}, r"horizon=0: input should be greater than 0"),
        ({"epochs": "many"}, r"epochs='many': input should be a valid integer"),
        ({"validation": 1.0}, r"validation=1.0: input should be less than 1"),
        ({"learning_rate": float("nan")}, r"learning_rate=nan: input should be"),
        ({"levels": (80, 120)}, r"levels=120: input should be less than 100"),
        ({"bidirectional": True}, r"bidirectional=True would read the future .*; leave it off"),
        ({"intervals": "quantile"}, r"intervals='quantile' needs strategy='direct'.*or take intervals='conformal'"),
        ({"intervals": "quantile", "strategy": "direct", "levels": ()}, r"learns at least one, each once"),
        ({"intervals": "quantile", "strategy": "direct", "levels": (80, 80.0)}, r"learns at least one, each once"),
        ({"cell": "lstm", "reset": "before"}, r"reset='before' is an option of cell='gru', not of cell='lstm'"),
        ({"initialisation": ("forget_bias_1",)}, r"needs a forget gate"),
    ],
)
def test_what_does_not_fit_is_answered_with_what_would(values, message):
    with pytest.raises(ConfigurationError, match=message):
        forecaster_options(values)


def test_options_do_not_change():
    options = validated(ForecasterOptions, {})
    with pytest.raises(ValueError, match="frozen"):
        options.epochs = 3
