"""SequenceTagger learns a small language of tags, keeps to their scheme, and says what it cannot use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import GridSearchCV, cross_val_score

import tidegate
from tidegate.data.tag_files import open_tagged
from tidegate.errors import ArtefactError, ConfigurationError, DataError
from tidegate.estimators.tagging.sequence_tagger import SequenceTagger

SMALL = {"hidden_size": 12, "embedding_size": 8, "character_size": 6, "character_hidden": 6, "dropout": 0.0}
QUICK = {**SMALL, "input_dropout": 0.0, "epochs": 12, "learning_rate": 0.03, "batch_size": 8}


def language(count: int, seed: int = 0) -> tuple[list[list[str]], list[list[str]]]:
    """Names are what begins with a capital: only the spelling of new words tells it. Their spans are of any length."""
    source = np.random.default_rng(seed)
    tokens, tags = [], []
    for _ in range(count):
        words = ["".join(source.choice(list("abcde"), 4)) for _ in range(source.integers(3, 9))]
        inside = [bool(source.random() < 0.4) for _ in words]
        tokens.append([word.capitalize() if name else word for word, name in zip(words, inside, strict=True)])
        before = [False, *inside]
        tags.append([("I-x" if old else "B-x") if new else "O" for old, new in zip(before, inside, strict=False)])
    return tokens, tags


@pytest.fixture(scope="module")
def fitted() -> SequenceTagger:
    return SequenceTagger(**QUICK).fit(*language(120))


def test_a_table_keeps_its_sentences_by_their_names_and_columns(tmp_path):
    path = tmp_path / "tokens.csv"
    path.write_text("sent_id,word,upos\nx7,the,D\nx7,cat,N\ny,the,D\ny,dog,N\nz,a,D\n")
    tagger = SequenceTagger(hidden_size=4, epochs=1, validation=0).fit(path)
    told = tagger.prediction_frame(path)
    assert told.columns == ["sent_id", "word", "upos"]
    assert told["sent_id"].to_list() == ["x7", "x7", "y", "y", "z"]
    assert tagger.prediction_frame([["the"], ["a"]]).columns == ["sentence", "token", "tag"]
    told.write_csv(tmp_path / "told.csv")
    assert tagger.evaluate(tmp_path / "told.csv")["accuracy"] == 1.0


def test_what_decodes_is_settled_and_told():
    softmax = SequenceTagger(hidden_size=4, epochs=1).fit([["a", "b"]] * 4, [["X", "Y"]] * 4)
    crf = SequenceTagger(hidden_size=4, epochs=1).fit([["a", "b"]] * 4, [["B-X", "O"]] * 4)
    assert (softmax.fitted.options.decoder, crf.fitted.options.decoder) == ("softmax", "crf")
    assert crf.get_params()["decoder"] == "auto"


def test_it_learns_what_only_the_spelling_tells(fitted: SequenceTagger) -> None:
    metrics = fitted.evaluate(*language(40, seed=1))
    assert list(metrics) == ["f1", "precision", "recall", "accuracy", "accuracy_unknown_words"]
    assert metrics["f1"] > 0.95
    assert metrics["accuracy_unknown_words"] > 0.95
    assert fitted.score(*language(40, seed=1)) == metrics["accuracy"]


def test_without_spellings_new_words_cannot_be_told() -> None:
    tagger = SequenceTagger(**{**QUICK, "characters": "none", "epochs": 3}).fit(*language(60))
    assert tagger.evaluate(*language(40, seed=1))["accuracy_unknown_words"] < 0.8


def test_the_decoder_follows_the_tags() -> None:
    tokens, spans = language(12)
    plain = [["N" if tag == "O" else "P" for tag in row] for row in spans]
    for tags, usual in ((spans, "crf"), (plain, "softmax")):
        for chosen in ("auto", "crf", "softmax"):
            tagger = SequenceTagger(**{**QUICK, "epochs": 1, "decoder": chosen}).fit(tokens, tags)
            crf = tagger.fitted.network.crf
            assert (crf is not None) == ((usual if chosen == "auto" else chosen) == "crf")
            assert ("f1" in tagger.evaluate(tokens, tags)) == (tags is spans)


@pytest.mark.parametrize("decoder", ["softmax", "crf"])
def test_what_is_told_keeps_to_the_scheme(decoder: str) -> None:
    tagger = SequenceTagger(**{**QUICK, "epochs": 1, "decoder": decoder}).fit(*language(16))
    for tags in tagger.predict(language(40, seed=2)[0]):
        assert all(before != "O" for before, tag in zip(["O", *tags], tags, strict=False) if tag == "I-x")


@pytest.mark.parametrize("decoder", ["softmax", "crf"])
def test_probabilities_are_of_the_classes_in_their_order(decoder: str) -> None:
    tagger = SequenceTagger(**{**QUICK, "decoder": decoder}).fit(*language(60))
    tokens, _ = language(20, seed=3)
    shares = tagger.predict_proba(tokens)
    assert tagger.classes_.tolist() == ["B-x", "I-x", "O"]
    assert [one.shape for one in shares] == [(len(row), 3) for row in tokens]
    # Sums of three float32 numbers.
    assert all(np.allclose(one.sum(1), 1, rtol=0, atol=1e-5) for one in shares)
    likeliest = [tagger.classes_[one.argmax(1)].tolist() for one in shares]
    told = tagger.predict(tokens)
    agreed = np.mean([same for a, b in zip(likeliest, told, strict=True) for same in np.equal(a, b)])
    assert agreed > 0.95


def test_sentences_are_told_alike_in_any_order_and_company(fitted: SequenceTagger) -> None:
    tokens = language(30, seed=4)[0]
    told = fitted.predict(tokens)
    assert fitted.predict(tokens[::-1]) == told[::-1]
    assert [fitted.predict([one])[0] for one in tokens[:5]] == told[:5]


def test_scikit_learn_searches_and_cross_validates() -> None:
    tokens, tags = language(24)
    tagger = SequenceTagger(**{**QUICK, "epochs": 1})
    scores = cross_val_score(tagger, tokens, tags, cv=2)
    assert scores.shape == (2,)
    search = GridSearchCV(tagger, {"hidden_size": [4, 6]}, cv=2).fit(tokens, tags)
    assert search.best_params_["hidden_size"] in (4, 6)


CONLL = "\n".join(
    "".join(f"{word} _ {tag}\n" for word, tag in zip(*row, strict=True)) for row in zip(*language(20), strict=True)
)


def test_a_file_is_read_and_written_back_with_what_is_told(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text("-DOCSTART- -X- O\n\n" + CONLL)
    tagger = SequenceTagger(**{**QUICK, "epochs": 1}).fit(path)
    assert tagger.notes_[:2] == (
        f"{path}: 1 -DOCSTART- lines skipped",
        "the tags write spans (scheme IOB2); they are scored as conlleval does",
    )
    assert "words occur fewer than 2 times: they share one vector, and" in tagger.notes_[2]
    assert tagger.fitted.names == {"format": "CoNLL", "token": "0", "tag": "2", "columns": "3"}
    rewritten = tmp_path / "told.txt"
    rewritten.write_text(tagger.prediction_text(path))
    assert open_tagged(rewritten, {}).read().tags == tagger.predict(path)
    new = tmp_path / "new.txt"
    new.write_text("Abba POS\nab POS\n")
    assert tagger.prediction_text(new) == "".join(
        f"{word} POS {tag}\n" for word, tag in zip(["Abba", "ab"], tagger.predict([["Abba", "ab"]])[0], strict=True)
    )
    with pytest.raises(ConfigurationError, match="there is no column 2, only 0 to 1"):
        tagger.evaluate(new)
    prose = tmp_path / "prose.txt"
    prose.write_text("\nthe tide has come\n")
    for predict in (tagger.prediction_text, tagger.prediction_frame, tagger.predict):
        with pytest.raises(
            DataError, match=r"prose.txt, line 2: 4 columns by white space, where the training file had 3"
        ):
            predict(prose)
    named = tagger.read(prose, {"token": "1"}, labelled=False)
    assert named.tokens == [["tide"]]
    table = tmp_path / "table.csv"
    table.write_text("sentence,token\n1,Abba\n1,ab\n")
    frame = tagger.prediction_frame(table)
    assert frame.columns == ["sentence", "token", "tag"]
    assert frame["tag"].to_list() == tagger.predict(table)[0]
    with pytest.raises(ConfigurationError, match=r"table.csv: predictions for a table are a table"):
        tagger.prediction_text(table)


@pytest.mark.parametrize("kind", [pl.DataFrame, pd.DataFrame])
def test_a_frame_of_one_token_a_row(kind: Any, tmp_path: Path) -> None:
    tokens, tags = language(20)
    frame = kind(
        {
            "sentence": [place for place, row in enumerate(tokens) for _ in row],
            "token": [token for row in tokens for token in row],
            "tag": [tag for row in tags for tag in row],
        }
    )
    quick = {**QUICK, "epochs": 1}
    tagger = SequenceTagger(**quick).fit(frame)
    prose = tmp_path / "prose.txt"
    prose.write_text("the tide has come\n")
    with pytest.raises(DataError, match=r"prose.txt, line 1: 4 columns by white space, where 2 at most are expected"):
        tagger.prediction_text(prose)
    prose.write_text("Abba\n")
    assert tagger.prediction_text(prose) == f"Abba {tagger.predict([['Abba']])[0][0]}\n"
    assert tagger.predict(frame) == SequenceTagger(**quick).fit(tokens, tags).predict(tokens)
    with pytest.raises(ConfigurationError, match="give no y beside it"):
        tagger.fit(frame, tags)


def test_other_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text(CONLL.replace(" _ ", " "))
    tagger = SequenceTagger(**{**QUICK, "epochs": 1})
    tagger.fit(tagger.read(path, {"token": "1", "tag": "0"}))
    assert tagger.fitted.names == {"format": "CoNLL", "token": "1", "tag": "0", "columns": "2"}
    assert "B-x" not in tagger.classes_


def test_tags_that_training_has_not_met_count_as_told_wrongly(fitted: SequenceTagger) -> None:
    tokens, tags = language(10, seed=5)
    told = fitted.predict(tokens)
    odd = [["B-new", *row[1:]] for row in told]
    assert fitted.evaluate(tokens, told)["accuracy"] == 1.0
    expected = 1 - len(tokens) / sum(map(len, tokens))
    assert fitted.evaluate(tokens, odd)["accuracy"] == pytest.approx(expected, abs=1e-12)
    with pytest.raises(DataError, match=r"sentence 0: no tag \('N' …\) is one of those learnt \(B-x, I-x, O …\)"):
        fitted.evaluate(tokens, [["N"] * len(row) for row in tags])
    with pytest.raises(DataError, match="sentence 0: the tokens have no tags"):
        fitted.evaluate(tokens)


def test_tags_of_the_validation_data_alone_are_left_out_of_its_loss() -> None:
    tokens, tags = language(12)
    odd = [["B-new", *row[1:]] for row in tags]
    for decoder in ("softmax", "crf"):
        tagger = SequenceTagger(**{**QUICK, "epochs": 1, "decoder": decoder}).fit(tokens, tags, valid=(tokens, odd))
        assert np.isfinite(tagger.history_.epochs[0].valid["loss"])
        assert "B-new" not in tagger.classes_


def test_what_cannot_be_learnt_from_is_told() -> None:
    tagger = SequenceTagger(**QUICK)
    with pytest.raises(DataError, match="all tokens have the tag 'X'"):
        tagger.fit([["a", "b"]] * 3, [["X", "X"]] * 3)
    with pytest.raises(DataError, match="sentence 1: 2 tokens and 1 tag;"):
        tagger.fit([["a"], ["a", "b"]], [["X"], ["Y"]])
    with pytest.raises(DataError, match="the tokens have no tags"):
        tagger.fit([["a"], ["a", "b"]])


def test_a_file_of_another_shape_is_refused(fitted: SequenceTagger, tmp_path: Path) -> None:
    path = fitted.save(tmp_path / "model.safetensors")
    assert isinstance(tidegate.load(path), SequenceTagger)
    with pytest.raises(ArtefactError, match="holds a tagger"):
        tidegate.Forecaster.load(path)


@pytest.mark.parametrize("cell", ["lstm", "rnn", "mingru", "minlstm"])
def test_every_cell(cell: str) -> None:
    tokens, tags = language(16)
    tagger = SequenceTagger(cell, **{**QUICK, "epochs": 1}).fit(tokens, tags)
    assert len(tagger.predict(tokens)) == 16
