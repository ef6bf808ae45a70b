import pytest

from tidegate.cli.settings import chosen_options
from tidegate.errors import ConfigurationError


def test_texts_become_values_of_the_type_of_their_option():
    pairs = ["hidden_size=32", "dropout=0.25", "residual=true", "patience=NONE", "levels=50,90", "scaler = log"]

    options = chosen_options({"cell": "lstm", "horizon": None}, pairs)

    assert (options.cell, options.horizon, options.hidden_size, options.dropout) == ("lstm", None, 32, 0.25)
    assert (options.residual, options.patience, options.levels, options.scaler) == (True, None, (50.0, 90.0), "log")


def test_none_is_a_word_where_the_option_has_it_as_one():
    options = chosen_options({}, ["anchor=none", "scaler=none", "clip_norm=none"])

    assert (options.anchor, options.scaler, options.clip_norm) == ("none", "none", None)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("lerning_rate=1", "did you mean 'learning_rate'"),
        ("zzz=1", "there are: "),
        ("hidden_size=none", "hidden_size='none'"),
        ("levels=80,wide", "wide"),
        ("=3", "key=value"),
        ("cell=rnn", "'cell' is given twice"),
    ],
)
def test_what_fits_nowhere_is_told(pair, words):
    with pytest.raises(ConfigurationError, match=words):
        chosen_options({"cell": "gru"}, [pair])
