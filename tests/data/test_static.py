import json

import numpy as np
import pytest

from tidegate.data.static import StaticEncoder
from tidegate.errors import DataError

ROWS = [("north", "1"), ("south", "4"), ("north", None), (None, "7.5")]


def test_numbers_are_standardised_and_text_is_one_column_per_word():
    encoder = StaticEncoder.fit(ROWS, ["region", "size"])
    numbers = np.array([1, 4, 7.5])
    scaled = (numbers - numbers.mean()) / numbers.std()
    assert encoder.feature_names == ["region=north", "region=south", "size"]
    assert encoder.transform(ROWS) == pytest.approx(
        np.array([[1, 0, scaled[0]], [0, 1, scaled[1]], [1, 0, 0], [0, 0, scaled[2]]])
    )


def test_an_unknown_word_is_zeros_and_codes_among_words_stay_words():
    encoder = StaticEncoder.fit([("1",), ("A",)], ["code"])
    assert np.array_equal(encoder.transform([("1",), ("B",), ("A",)]), [[1, 0], [0, 0], [0, 1]])


def test_text_where_training_had_numbers_is_an_error():
    with pytest.raises(DataError, match="static column 'size': 'big' is not a number, as all were in training"):
        StaticEncoder.fit(ROWS, ["region", "size"]).transform([("north", "big")])


def test_a_constant_or_absent_number_stays_finite():
    encoder = StaticEncoder.fit([("3", None), ("3", None)], ["same", "none"])
    assert np.array_equal(encoder.transform([("3", None), ("5", "2")]), [[0, 0], [2, 2]])


def test_infinity_is_a_word():
    assert StaticEncoder.fit([("inf",), ("2",)], ["x"]).feature_names == ["x=2", "x=inf"]


def test_no_static_columns_give_no_features():
    assert StaticEncoder.fit([(), ()], []).transform([(), (), ()]).shape == (3, 0)


def test_the_state_comes_back_through_json():
    encoder = StaticEncoder.fit(ROWS, ["region", "size"])
    assert StaticEncoder.from_state(json.loads(json.dumps(encoder.state()))) == encoder
