from dataclasses import replace

import numpy as np
import pytest

import tidegate
from tidegate import SequenceClassifier, SequenceRegressor
from tidegate.artefact.file import load as load_artefact
from tidegate.artefact.file import save
from tidegate.errors import ArtefactError

TEXTS, LABELS = ["a b c", "b c", "d e", "e e a"] * 3, [0, 1, 0, 1] * 3


@pytest.fixture(scope="module")
def classifier() -> SequenceClassifier:
    return SequenceClassifier(hidden_size=4, epochs=2).fit(TEXTS, LABELS)


@pytest.fixture
def artefact(classifier, tmp_path):
    return load_artefact(classifier.save(tmp_path / "model.safetensors", metrics={"metrics": {"accuracy": 0.5}}))


def test_a_file_holds_options_vocabulary_scores_and_what_was_learnt_from(artefact, classifier):
    assert artefact.kind == "classifier"
    # JSON has no tuples, and what was left open is settled.
    assert artefact.configuration == {**classifier.get_params(), "tokenizer": "words", "initialisation": []}
    assert artefact.vocabulary["tokens"][:2] == ["<pad>", "<unk>"]
    assert set(artefact.vocabulary["tokens"][2:]) == set("abcde")
    assert artefact.metrics["metrics"] == {"accuracy": 0.5}
    assert artefact.fingerprint["examples"] == 12
    assert all(name.startswith("network.") for name in artefact.tensors)


def test_another_kind_is_told(artefact, tmp_path):
    path = save(artefact, tmp_path / "again.safetensors")
    with pytest.raises(ArtefactError, match=r"again\.safetensors: holds a classifier, not a regressor; tidegate\.load"):
        SequenceRegressor.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"configuration": {"hidden_size": 5}},
        {"configuration": {"hidden_size": 10_000_000}},
        {"configuration": {"num_layers": 10_000_000}},
        {"configuration": {"no_such": 1}},
        {"preprocessing": {"preparation": {}}},
        {"preprocessing": {"names": {}}},
        {"vocabulary": {"tokens": ["a"]}},
        {"vocabulary": {}},
        {"tensors": {}},
        {"metrics": {}},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_file_whose_parts_do_not_fit_is_refused(artefact, changes, tmp_path):
    for part, values in changes.items():
        merged = {**artefact.configuration, **values} if part == "configuration" else values
        path = save(replace(artefact, **{part: merged}), tmp_path / "odd.safetensors")
        with pytest.raises(ArtefactError, match=r"odd\.safetensors: a classifier of tidegate .* does not understand"):
            tidegate.load(path)


def test_scales_of_series_come_back(tmp_path):
    X = np.random.default_rng(0).normal(40, 7, size=(20, 6, 3))
    regressor = SequenceRegressor(hidden_size=4, epochs=2, scaler="robust").fit(X, X.mean((1, 2)))
    again = tidegate.load(regressor.save(tmp_path / "model.safetensors"))
    assert np.array_equal(again.predict(X), regressor.predict(X))
