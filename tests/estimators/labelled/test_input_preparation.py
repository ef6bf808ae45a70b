import json
from typing import get_args

import numpy as np
import pytest

from tidegate import SequenceClassifier
from tidegate.artefact.header import from_json, to_json
from tidegate.data.labelled_values import labelled_values
from tidegate.data.scaling import ScalerKind
from tidegate.errors import DataError
from tidegate.estimators.labelled.input_preparation import (
    TextPreparation,
    fit_inputs,
    inputs_from_state,
    inputs_state,
    missing_values,
)
from tidegate.estimators.labelled.labelled_options import ClassifierOptions

SOURCE = np.random.default_rng(0)
SERIES = [SOURCE.normal([3.0, -50.0], [2.0, 10.0], size=(length, 2)) for length in SOURCE.integers(2, 12, 40)]


def prepared(X, **options):
    records = labelled_values(X)
    return fit_inputs(records, ClassifierOptions(**options)), records


def test_channels_are_scaled_by_all_steps_of_the_training_part():
    inputs, records = prepared(SERIES)
    steps = np.concatenate(inputs.sequences(records))
    np.testing.assert_allclose(steps.mean(0), 0, atol=1e-6)  # float32 rounding
    np.testing.assert_allclose(steps.std(0), 1, atol=1e-6)
    assert steps.dtype == np.float32


@pytest.mark.parametrize("keep", ["first", "last"])
def test_what_is_cut_off_takes_no_part_in_the_scales(keep):
    inputs, records = prepared(SERIES, max_length=4, keep=keep, missing="mask")
    told, kept = inputs.sequences(records), [one[:4] if keep == "first" else one[-4:] for one in SERIES]
    assert {len(one) for one in told} == {2, 3, 4}  # ragged still
    steps = np.concatenate(told)[:, :2]
    np.testing.assert_allclose(steps.mean(0), 0, atol=1e-6)  # float32 rounding
    np.testing.assert_allclose(steps.std(0), 1, atol=1e-6)
    np.testing.assert_allclose(inputs.means, np.concatenate(kept).mean(0))


@pytest.mark.parametrize("keep", ["first", "last"])
def test_only_what_is_kept_is_read_and_scaled_by(keep):
    inputs, records = prepared(SERIES, max_length=4, keep=keep, scaler="none")
    told = inputs.sequences(records)
    for series, steps in zip(SERIES, told, strict=True):
        kept = series[:4] if keep == "first" else series[-4:]
        np.testing.assert_array_equal(steps, kept.astype(np.float32))
    assert inputs.cut(records) == sum(len(series) > 4 for series in SERIES)
    assert prepared(SERIES)[0].cut(records) == 0


def test_what_is_missing_is_told_by_a_channel_of_its_own():
    series = [one.copy() for one in SERIES]
    series[0][1, 0] = np.nan
    inputs, records = prepared(series, missing="mask")
    steps = inputs.sequences(records)[0]

    assert inputs.width == 4
    assert steps[1].tolist()[0] == 0.0
    assert steps[:, 2:].sum() == steps[1, 2] == 1.0
    assert missing_values(series) == 1
    plain, _ = prepared(SERIES)
    with pytest.raises(DataError, match="row 0, channel 0, step 1: the value is missing"):
        plain.sequences(records)


@pytest.mark.parametrize("scaler", get_args(ScalerKind))
def test_what_is_missing_reads_as_the_mean_learnt_whatever_the_scaling(scaler):
    training = [np.array([[1.0, 2.0, np.nan], [4.0, np.nan, np.nan]]), np.array([[7.0, 12.0, np.nan]])]
    inputs, _ = prepared(training, scaler=scaler, missing="mask")
    given = np.array([[np.nan, np.nan, np.nan], [4.0, 7.0, np.nan]])  # the means, of two channels
    missing, mean = inputs.sequences(labelled_values([given]))[0]

    np.testing.assert_array_equal(missing[:2], mean[:2])
    assert (missing[3:].tolist(), mean[3:].tolist()) == ([1, 1, 1], [0, 0, 1])
    assert np.isfinite(missing).all()


def test_texts_become_numbers_of_known_tokens():
    inputs, _ = prepared(["a b b", "c b"], min_count=2, max_length=2)
    assert [one.tolist() for one in inputs.sequences(labelled_values(["b zebra b", "a"]))] == [[2, 1], [1]]
    assert inputs.cut(labelled_values(["b zebra b", "a"])) == 1


@pytest.mark.parametrize(
    ("X", "options"),
    [
        (SERIES, {"patch": 3, "missing": "mask", "max_length": 7}),
        (SERIES, {"scaler": "robust"}),
        (["The cat", "a Dog"], {"tokenizer": "characters", "lowercase": True, "max_length": 4, "keep": "last"}),
        (["The cat", "a dog"], {"tokenizer": "bpe", "vocabulary_size": 260}),
    ],
)
def test_it_is_the_same_after_a_file(X, options):
    inputs, records = prepared(X, **options)
    state = from_json(to_json(inputs_state(inputs)))
    again = inputs_from_state(state, inputs.arrays())

    for one, other in zip(inputs.sequences(records), again.sequences(records), strict=True):
        np.testing.assert_array_equal(one, other)
    assert json.dumps(inputs_state(again)) == json.dumps(inputs_state(inputs))


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Abe", "Baba", "Chiba", "de Vries", "Li"], "characters"),
        (["good film", "bad film", "good", "bad"], "words"),  # short, but of few words
        (["a long text of many words", "another one, and all differ", "Li"], "words"),
    ],
)
def test_names_are_read_by_characters_where_nothing_is_said(texts, kind):
    records = labelled_values(texts, [row % 2 for row in range(len(texts))])
    assert TextPreparation.fit(records, ClassifierOptions()).tokenizer.kind == kind
    assert TextPreparation.fit(records, ClassifierOptions(tokenizer="spaces")).tokenizer.kind == "spaces"


def test_what_was_settled_is_told_and_what_was_given_stays():
    names = ["Abe", "Baba", "Chiba", "Doi", "Endo", "Fuji"]
    classifier = SequenceClassifier(hidden_size=2, epochs=1).fit(names, ["a", "b"] * 3)
    assert classifier.fitted.options.tokenizer == "characters"
    assert classifier.get_params()["tokenizer"] == "auto"
