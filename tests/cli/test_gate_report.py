"""What the report shows of the inside of a network is what its layers say."""

from functools import partial

import numpy as np
import pytest
import torch

import tidegate as library
from tidegate.cli.classify_report import class_sections, number_sections
from tidegate.cli.gate_report import GATES, attended, gate_sections
from tidegate.cli.language_report import polyphony_sections
from tidegate.cli.task_run import Scored
from tidegate.data.piano_roll import as_rolls

TEXTS = ["so good a film", "a bad film", "good good", "bad so bad"] * 5
LABELS = ["pos", "neg", "pos", "neg"] * 5
TINY = {"hidden_size": 4, "epochs": 1}


@pytest.fixture(scope="module")
def reviews():
    return library.SequenceClassifier(pooling="attention", bidirectional=True, **TINY).fit(TEXTS, LABELS)


def scored(estimator, X, y):
    records = estimator._given(X, y)
    return Scored("test", records, estimator.assess(records))


def test_the_strips_are_the_means_of_the_trace(reviews):
    read = partial(reviews.assess, TEXTS[:1], LABELS[:1])
    (section,) = gate_sections(reviews.fitted.network.encoder, read, TEXTS[0].split(), "one")

    network, inputs = reviews.fitted.network, reviews.fitted.preparation.inputs
    tokens = torch.from_numpy(inputs.sequences(reviews._given(TEXTS[:1], LABELS[:1]))[0])[None]
    with torch.no_grad():
        trace = network.encoder.recurrence.trace(network.reader(tokens))[0]
    for gate in ("update", "reset"):
        for mean in trace[gate][0].mean(-1).tolist():
            assert f">{mean:.2f}<" in section.charts[0].drawing
    assert "update: the share" in section.words.lower()


def test_attention_sums_to_one_over_the_steps(reviews):
    shares = attended(reviews.fitted.network.pooling, partial(reviews.assess, TEXTS[:1], LABELS[:1]))
    assert shares.shape == (4,)
    assert shares.sum() == pytest.approx(1, abs=1e-6)  # float32 scores


@pytest.mark.parametrize(
    ("cell", "gates"),
    [("gru", "update reset"), ("lstm", "input forget output"), ("mingru", "update"), ("minlstm", "input forget")],
)
def test_every_cell_shows_the_gates_it_has(cell, gates):
    series = np.random.default_rng(0).normal(size=(20, 7, 2))
    model = library.SequenceRegressor(cell, **TINY).fit(series, series.sum(axis=(1, 2)))
    found = {one.heading: one for one in number_sections(model, scored(model, series, series.sum(axis=(1, 2))))}
    assert list(found) == ["Truth and prediction", "Residuals", "Gates"]
    told = found["Gates"].charts[0].wide.drawing
    assert [name for name in GATES if f">{name}<" in told] == gates.split()


def test_a_plain_rnn_has_none():
    model = library.SequenceClassifier("rnn", **TINY).fit(TEXTS, LABELS)
    assert "Gates" not in [one.heading for one in class_sections(model, scored(model, TEXTS, LABELS))]


def test_mistakes_and_sureness_are_those_of_the_probabilities(reviews):
    found = {one.heading: one for one in class_sections(reviews, scored(reviews, TEXTS, LABELS[1:] + LABELS[:1]))}
    sure, told = reviews.predict_proba(TEXTS).max(axis=1), reviews.predict(TEXTS)
    wrong = [place for place, label in enumerate(LABELS[1:] + LABELS[:1]) if told[place] != label]

    (table,) = found["Surest mistakes"].tables
    assert len(table.rows) == min(len(wrong), 10)
    assert table.rows[0][3] == pytest.approx(sure[wrong].max())
    assert {row[0] for row in table.rows} <= set(TEXTS)
    (table,) = found["How sure it is"].tables
    assert sum(row[3] for row in table.rows) == len(TEXTS)
    assert sum(row[2] * row[3] for row in table.rows) == pytest.approx(len(TEXTS) - len(wrong))
    assert "What is attended to" in found


def test_a_piece_is_shown_beside_what_was_expected():
    rolls = as_rolls([[[60, 64], [62], [64, 67]]] * 8)
    model = library.PolyphonyModel(**TINY).fit(rolls)
    found = {one.heading: one for one in polyphony_sections(model, Scored("test", rolls, model.assess(rolls)))}
    assert list(found) == ["Piano roll", "Notes at once", "Gates"]
    assert found["Piano roll"].charts[0].wide.drawing.count("M") > 5  # five notes sound
