import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

import tidegate
from tidegate import SequenceClassifier
from tidegate.errors import ConfigurationError, DataError

SMALL = {"hidden_size": 8, "epochs": 3}
WORDS = {"good": ["fine", "great", "lovely"], "bad": ["awful", "poor", "dull"]}


def reviews(count, seed=0):
    """Texts in which one telling word stands among others."""
    source = np.random.default_rng(seed)
    labels = source.choice(list(WORDS), count)
    fill = ["the", "film", "was", "and", "so", "on"]
    texts = []
    for label in labels:
        words = [*source.choice(fill, source.integers(3, 9)), source.choice(WORDS[label])]
        texts.append(" ".join(source.permutation(words)))
    return texts, labels.tolist()


@pytest.fixture(scope="module")
def digits():
    """scikit-learn's handwritten digits 0 to 3, the rows of each picture as steps, from above to below."""
    pictures = load_digits(n_class=4)
    return pictures.images, pictures.target


@pytest.fixture(scope="module")
def reader():
    texts, labels = reviews(160)
    return SequenceClassifier(hidden_size=8, epochs=12, learning_rate=0.02, pooling="max").fit(texts, labels)


def test_it_learns_which_words_tell(reader):
    texts, labels = reviews(100, seed=1)
    assert reader.score(texts, labels) == 1.0
    assert reader.classes_.tolist() == ["bad", "good"]
    assert reader.predict(["so dull", "so lovely"]).tolist() == ["bad", "good"]


def test_it_reads_pictures_row_by_row(digits):
    pictures, numbers = digits
    classifier = SequenceClassifier(hidden_size=24, epochs=15, learning_rate=0.01, bidirectional=True)
    classifier.fit(pictures[:500], numbers[:500])
    # other writers wrote the later pictures; the nearest centroid is right for 0.886 of them, chance for a quarter
    assert classifier.score(pictures[500:], numbers[500:]) > 0.9
    assert classifier.predict(pictures[500:503]).dtype == numbers.dtype


def test_probabilities_add_up_and_predictions_are_the_likeliest(reader):
    texts, _ = reviews(40, seed=2)
    told = reader.predict_proba(texts)

    assert told.shape == (40, 2)
    np.testing.assert_allclose(told.sum(1), 1, atol=1e-12)  # float64 rounding
    assert (reader.classes_[told.argmax(1)] == reader.predict(texts)).all()
    alone = np.concatenate([reader.predict_proba([text]) for text in texts])
    np.testing.assert_allclose(alone, told, atol=1e-6)  # float32 in batches of another size
    frame = reader.prediction_frame(texts)
    assert frame.columns == ["prediction", "probability", "p_bad", "p_good"]
    assert frame["prediction"].to_list() == reader.predict(texts).tolist()


def test_metrics_are_those_of_scikit_learn(reader):
    texts, labels = reviews(50, seed=3)
    wrong = [*labels[1:], labels[0]]
    metrics = reader.evaluate(texts, wrong)
    predicted, told = reader.predict(texts), reader.predict_proba(texts)

    assert list(metrics) == ["accuracy", "f1", "f1_weighted", "log_loss"]
    assert metrics["accuracy"] == accuracy_score(wrong, predicted)
    assert metrics["f1"] == f1_score(wrong, predicted, average="macro")
    assert metrics["f1_weighted"] == f1_score(wrong, predicted, average="weighted")
    assert metrics["log_loss"] == pytest.approx(log_loss(wrong, told))
    found = reader.assess(texts, wrong)
    assert found.confusion.sum() == 50
    assert found.confusion.trace() == 50 * metrics["accuracy"]
    assert [row[0] for row in found.by_class] == ["bad", "good"]
    assert sum(row[4] for row in found.by_class) == 50


def test_scikit_learn_clones_validates_searches_and_chains(digits):
    pictures, numbers = digits
    pictures, numbers = pictures[:90], numbers[:90]
    classifier = SequenceClassifier(**SMALL)

    assert cross_val_score(classifier, pictures, numbers, cv=3).shape == (3,)
    assert cross_val_score(classifier, list(pictures), numbers, cv=3, scoring="neg_log_loss").shape == (3,)
    search = GridSearchCV(classifier, {"learning_rate": [1e-6, 0.03], "epochs": [8]}, cv=2).fit(pictures, numbers)
    assert search.best_params_ == {"learning_rate": 0.03, "epochs": 8}
    chain = Pipeline([("half", FunctionTransformer(lambda X: X[:, ::2])), ("net", SequenceClassifier(**SMALL))])
    assert chain.fit(pictures, numbers).predict(pictures).shape == (90,)
    assert chain.set_params(net__hidden_size=3).get_params()["net__hidden_size"] == 3
    texts, labels = reviews(30)
    assert cross_val_score(classifier, texts, labels, cv=3).shape == (3,)


def test_what_is_cut_is_counted():
    texts, labels = reviews(40)
    classifier = SequenceClassifier(**SMALL, max_length=5, keep="last", validation=0).fit(texts, labels)
    longer = sum(len(text.split()) > 5 for text in texts)

    assert classifier.notes_ == (
        f"{longer} of 40 examples are longer than max_length: of them the last 5 tokens are read.",
    )
    ends = [" ".join(text.split()[-5:]) for text in texts]
    np.testing.assert_array_equal(classifier.predict_proba(ends), classifier.predict_proba(texts))


def test_missing_values_are_told_to_the_network_where_that_is_wished():
    source = np.random.default_rng(0)
    X = source.normal(size=(60, 6, 1))
    y = np.arange(60) % 2
    X[y == 1, 3] = np.nan  # what is missing is all that tells
    with pytest.raises(
        DataError, match="row 1, channel 0, step 3: the value is missing; fill it in, or train with missing="
    ):
        SequenceClassifier(**SMALL, validation=0).fit(X, y)

    classifier = SequenceClassifier(hidden_size=8, epochs=30, learning_rate=0.02, missing="mask").fit(X, y)
    assert classifier.score(X, y) == 1.0
    assert "30 values are missing" in classifier.notes_[0]


def test_balanced_weights_help_the_rare_class():
    source = np.random.default_rng(0)
    y = np.array([0] * 190 + [1] * 10)
    X = source.normal(size=(200, 4, 1)) + 0.8 * y[:, None, None]
    options = {"hidden_size": 8, "epochs": 10, "learning_rate": 0.01}
    plain = SequenceClassifier(**options).fit(X, y).predict_proba(X)[:, 1]
    balanced = SequenceClassifier(**options, class_weight="balanced").fit(X, y).predict_proba(X)[:, 1]
    assert balanced[y == 1].mean() > plain[y == 1].mean() + 0.2
    given = SequenceClassifier(**options, class_weight={0: 200 / 380, 1: 10.0}).fit(X, y).predict_proba(X)[:, 1]
    np.testing.assert_allclose(given, balanced, atol=1e-5)  # the same weights but for rounding


def test_label_smoothing_acts_in_training_only_and_class_weights_on_what_is_watched_too():
    texts, labels = reviews(60)
    options = {"hidden_size": 8, "epochs": 1, "validation": 0, "class_weight": {"good": 3.0}}
    classifier = SequenceClassifier(**options, label_smoothing=0.4)
    held = reviews(40, seed=1)
    watched = classifier.fit(texts, labels, valid=held).history_.epochs[0].valid["loss"]

    truth = np.array([classifier.classes_.tolist().index(label) for label in held[1]])
    surprise = -np.log(classifier.predict_proba(held[0])[np.arange(40), truth])
    bad, good = labels.count("bad"), labels.count("good")
    weights = np.array([1.0, 3.0]) * 60 / (bad + 3 * good)
    assert watched == pytest.approx(np.mean(weights[truth] * surprise), rel=1e-5)  # float32
    assert watched != pytest.approx(np.mean(surprise), rel=0.01)


def test_what_there_is_one_of_is_told_in_the_singular():
    X = np.zeros((4, 3, 1))
    X[0, 0] = np.nan
    classifier = SequenceClassifier(**SMALL, max_length=2, missing="mask", validation=0)
    notes = classifier.fit([X[0], *X[1:, :2]], [0, 1, 0, 1]).notes_
    assert notes[0] == "1 of 4 examples is longer than max_length: of it the first 2 steps are read."
    assert notes[1] == "1 value is missing; the network is told which."


def test_files_are_read_as_in_training(tmp_path):
    texts, labels = reviews(40)
    table = pl.DataFrame({"review": texts, "mood": labels})
    table.write_csv(tmp_path / "r.csv")
    table.select("review").write_csv(tmp_path / "new.csv")
    names = {"text": "review", "label": "mood"}
    classifier = SequenceClassifier(**SMALL)
    classifier.fit(classifier.read(tmp_path / "r.csv", names))
    again = SequenceClassifier.load(classifier.save(tmp_path / "model.safetensors"))

    assert again.predict(tmp_path / "new.csv").tolist() == classifier.predict(texts).tolist()
    assert again.evaluate(tmp_path / "r.csv") == classifier.evaluate(texts, labels)
    assert again.notes_ == classifier.notes_
    assert again.options == classifier.fitted.options
    with pytest.raises(ConfigurationError, match="a file holds its targets itself"):
        classifier.fit(tmp_path / "r.csv", labels)


@pytest.mark.parametrize("tokenizer", ["characters", "words", "spaces", "bpe"])
def test_every_tokenizer_comes_back_from_a_file(tokenizer, tmp_path):
    texts, labels = reviews(20)
    classifier = SequenceClassifier(**SMALL, tokenizer=tokenizer, lowercase=True, vocabulary_size=300)
    classifier.fit(texts, labels)
    again = tidegate.load(classifier.save(tmp_path / "model.safetensors"))
    assert np.array_equal(
        again.predict_proba([*texts, "Ünknown zebra"]), classifier.predict_proba([*texts, "Ünknown zebra"])
    )


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        (["good film"], ["ugly"], "row 0: class 'ugly' does not occur in training; known are bad, good"),
        (np.zeros((1, 3)), ["good"], "row 0: series, where texts were learnt from"),
        (["good", ""], ["good", "bad"], "row 1: the text is empty"),
        (["good"], None, "the examples have no targets"),
    ],
)
def test_what_does_not_fit_what_was_learnt_is_told(reader, X, y, words):
    with pytest.raises(DataError, match=words):
        reader.evaluate(X, y)


def test_channels_that_do_not_fit_are_told():
    source = np.random.default_rng(0)
    classifier = SequenceClassifier(**SMALL).fit(source.normal(size=(20, 5, 2)), np.arange(20) % 2)
    with pytest.raises(DataError, match="row 0: 3 channels, where series of 2 channels were learnt from"):
        classifier.predict(np.zeros((1, 5, 3)))
    with pytest.raises(DataError, match="row 0: texts, where series of 2 channels"):
        classifier.predict(["text"])


@pytest.mark.parametrize("patch", [1, 2, 4])
def test_patches_hold_all_values(patch):
    X = np.random.default_rng(0).normal(size=(6, 7, 2))
    classifier = SequenceClassifier(**SMALL, patch=patch, scaler="none", projection=3).fit(X, [0, 1] * 3)
    steps = classifier.fitted.preparation.inputs.sequences(classifier._records(X))[0]
    assert steps.shape == (-(-7 // patch), 2 * patch)
    np.testing.assert_array_equal(steps.ravel()[:14], X[0].ravel().astype(np.float32))
    assert (steps.reshape(-1, 2)[7:] == steps.reshape(-1, 2)[6]).all()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("balancd", "class_weight='balancd': input should be 'balanced'"),
        ({"a": 0.0}, "class_weight.a=0.0: input should be greater than 0"),
        ({"a": float("inf")}, "class_weight.a=inf: input should be a finite number"),
    ],
)
def test_weights_that_weigh_nothing_are_refused_by_name(given, words):
    with pytest.raises(ConfigurationError, match=f"^{words}$"):
        SequenceClassifier(class_weight=given)
