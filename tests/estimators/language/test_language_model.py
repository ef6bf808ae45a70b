from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import torch

from tidegate.data.corpus import Corpus
from tidegate.errors import ConfigurationError, DataError, NotFittedError
from tidegate.estimators.language import language_model
from tidegate.estimators.language.language_model import LanguageModel

LINES = ["the hare ran far", "the tortoise ran on", "on and on the tortoise ran", "far off the hare slept"]
TEXT = "".join(f"{LINES[place % 4]}\n" for place in np.random.default_rng(0).integers(0, 4, 60))
SMALL = {"hidden_size": 12, "embedding_size": 12, "batch_size": 4, "segment": 16, "learning_rate": 0.02, "epochs": 3}


def fitted(**options):
    return LanguageModel(**{**SMALL, **options}).fit(TEXT)


@pytest.fixture(scope="module")
def model():
    return fitted()


@pytest.mark.parametrize("tokenizer", ["characters", "words", "spaces", "bpe"])
def test_it_learns_any_kind_of_tokens(tokenizer):
    size = 270 if tokenizer == "bpe" else None
    trained = fitted(tokenizer=tokenizer, vocabulary_size=size, epochs=25, patience=None, batch_size=2, hidden_size=16)
    metrics = trained.evaluate(TEXT)
    # Two bits a line choose it; all else follows from the line so far, which a random network does not know.
    assert metrics["bits_per_character"] < 0.6
    assert metrics["bits_per_character"] > 2 / max(map(len, LINES)) * 0.8
    assert trained.generate("far off the", temperature=0, length=40).startswith(" hare slept\n")


def test_metrics_are_those_of_their_definitions(model, monkeypatch):
    text = "the hare slept\nthe Zebra ran"  # no Z and no b in the training text
    metrics = model.evaluate(text)
    coding, network = model.fitted.preparation, model.fitted.network
    numbers = coding.encode(text).tolist()
    with torch.no_grad():
        hidden, _ = network(torch.tensor([[coding.first, *numbers[:-1]]]))
        logs = network.logits(hidden[0]).double().log_softmax(-1)
    nats = -sum(row[number].item() for row, number in zip(logs, numbers, strict=True)) / len(numbers)
    # float32 logits
    assert metrics["perplexity"] == pytest.approx(math.exp(nats), rel=1e-5)
    assert metrics["bits_per_character"] == pytest.approx(nats / math.log(2), rel=1e-5)
    assert metrics["unknown"] == pytest.approx(2 / len(text))
    assert model.score(text) == pytest.approx(-nats, rel=1e-5)
    monkeypatch.setattr(language_model, "_STEPS_AT_ONCE", 3)
    assert model.evaluate(text)["perplexity"] == pytest.approx(math.exp(nats), rel=1e-5)


def test_bits_of_words_are_shared_among_all_characters():
    trained = fitted(tokenizer="words")
    metrics = trained.evaluate(TEXT)
    words = len(TEXT.split()) + TEXT.count("\n")
    assert metrics["bits_per_token"] == pytest.approx(math.log2(metrics["perplexity"]))
    assert metrics["bits_per_character"] == pytest.approx(metrics["bits_per_token"] * words / len(TEXT))


def test_lines_are_told_each_for_itself(model):
    lines = ["the hare ran far", "on", "", "slept the far"]
    told = model.predict(lines)
    for line, value in zip(lines, told, strict=True):
        if line:
            single = model.evaluate(f"{line}\n")
            # float32 sums in another order
            assert value == pytest.approx(-math.log(single["perplexity"]) * (len(line) + 1), rel=1e-4)
    frame = model.prediction_frame(lines)
    assert frame["tokens"].to_list() == [len(line) + 1 for line in lines]
    assert told[0] / 17 > told[3] / 14


def test_generation_follows_prompt_and_seed(model):
    first = model.generate("the har", 50, seed=4)
    assert first == "".join(model.stream("the har", 50, seed=4)) == model.generate("the har", 50, seed=4)
    assert first != model.generate("the har", 50, seed=5)
    assert first[:20] == model.generate("the har", 20, seed=4)
    assert len(first) == 50
    assert model.generate("the har", 0) == ""
    assert model.generate("the ", 30, temperature=0) == model.generate("the ", 30, temperature=0, seed=9)
    assert model.generate("the ", 60, stop="\n", seed=1) == model.generate("the ", 60, seed=1).split("\n")[0]


def test_words_go_on_with_one_space():
    trained = fitted(tokenizer="words", epochs=1)
    told = trained.generate("the hare", 3, seed=2)
    assert told.startswith((" ", "\n"))
    assert trained.generate("the hare ", 3, seed=2) == told.removeprefix(" ")
    assert not trained.generate("the hare\n", 3, seed=2).startswith(" ")


def test_a_prompt_not_in_the_vocabulary_is_told(model):
    with pytest.warns(UserWarning, match="read as unknown: 'Z', '#'"):
        model.generate("Z#Z", 3)
    with warnings.catch_warnings(action="error"):
        model.generate("the", 3)


def test_the_text_of_a_model_file_is_told_as_before(model, tmp_path):
    path = model.save(tmp_path / "model.safetensors", metrics={"metrics": {}})
    again = LanguageModel.load(path)
    assert again.evaluate(TEXT) == model.evaluate(TEXT)
    assert again.generate("the ", 30) == model.generate("the ", 30)


def test_the_end_of_the_text_is_held_back(model):
    training, held = model.hold_out(model._records(TEXT))
    assert training.text + held.text == TEXT
    assert len(held.text) == round(len(TEXT) * 0.05)
    words = LanguageModel(tokenizer="words").hold_out(model._records(TEXT))
    assert words[0].text.endswith("\n")
    assert words[0].text + words[1].text == TEXT
    assert LanguageModel(validation=0).hold_out(model._records(TEXT))[1] is None


def test_what_is_left_out_of_the_vocabulary_is_told():
    assert fitted(epochs=1).notes_ == ()
    trained = fitted(epochs=1, tokenizer="words", vocabulary_size=8)
    tokens = trained.fitted.preparation.encode(TEXT)
    assert trained.notes_ == (
        f"{(tokens == 1).sum():,} of {len(tokens):,} tokens are unknown, left out of the vocabulary",
    )


def test_what_cannot_be_is_refused(model):
    with pytest.raises(ConfigurationError, match="bidirectional"):
        LanguageModel(bidirectional=True)
    with pytest.raises(ConfigurationError, match="give no y"):
        model.evaluate(TEXT, ["b"])
    with pytest.raises(DataError, match="too little text"):
        LanguageModel(tokenizer="words").fit("one")
    with pytest.raises(ConfigurationError, match="length"):
        model.generate("the", -1)
    with pytest.raises(NotFittedError, match="LanguageModel is not trained"):
        LanguageModel().generate("the")


@pytest.mark.parametrize("tokenizer", ["words", "spaces", "bpe"])
def test_a_text_of_one_line_is_cut_between_words(tokenizer):
    text = "the hare ran far and wide " * 30
    training, held = LanguageModel(tokenizer=tokenizer, validation=0.2).hold_out(Corpus(text))
    assert training.text + held.text == text
    assert training.text.endswith(" ")
    assert 0.78 < len(training.text) / len(text) <= 0.8
    assert LanguageModel(**{**SMALL, "tokenizer": tokenizer, "epochs": 1}).fit(text).history_.best == 0


@pytest.mark.parametrize("tokenizer", ["characters", "words", "spaces"])
def test_bits_per_character_count_the_end_of_the_last_line_where_it_is_foretold(tokenizer):
    model = fitted(tokenizer=tokenizer, epochs=1)
    whole, open_ended = (model.evaluate(text) for text in ("the hare ran\n", "the hare ran"))
    if tokenizer == "characters":  # one token less
        assert open_ended["bits_per_character"] != whole["bits_per_character"]
    else:
        assert open_ended == whole


def test_words_written_as_unknown_are_told_apart():
    model = LanguageModel(**{**SMALL, "tokenizer": "spaces", "epochs": 1}).fit("the <unk> ran\n" * 40)
    assert "40 of 160 tokens are unknown; 40 of them are written so, as <unk>" in model.notes_


def test_a_table_is_read_by_its_column_of_texts(tmp_path):
    path = tmp_path / "texts.csv"
    rows = "".join(f"{number},the hare slept\n" for number in range(40))
    path.write_text(f'id,Text\n1,the hare ran\n2,"far, far"\n{rows}')
    model = LanguageModel(**{**SMALL, "epochs": 1}).fit(path)
    records = model.read(path)
    assert records.lines[:3] == ["the hare ran", "far, far", "the hare slept"]
    assert records.notes == ("42 texts of column 'Text' read one after the other",)
    path.write_text("id,body\n1,a\n")
    with pytest.raises(DataError, match=r"texts\.csv: no column is called 'text'; there are: body, id; rename one, or"):
        LanguageModel().read(path)
    assert LanguageModel().read(path, {"text": "body"}).lines == ["a"]
    with pytest.raises(ConfigurationError, match="no part is called 'texts'; there is text"):
        LanguageModel().read(path, {"texts": "body"})
    path.write_text('text\na\n" "\n')
    with pytest.raises(DataError, match=r"texts\.csv, line 3, column 'text': empty"):
        LanguageModel().read(path)


def test_each_text_that_is_judged_is_a_line():
    model = LanguageModel(hidden_size=4, epochs=1, batch_size=2).fit("ab ba\n" * 40)
    assert len(model.predict(["ab", "", "ba"])) == 3
    with pytest.raises(DataError, match="2 texts hold 3 lines"):
        model.predict(["ab\nba", "ab"])


def test_a_text_too_short_for_so_many_streams_is_cut_into_fewer():
    trained, fewer = (fitted(batch_size=size, validation=0.1) for size in (5000, 10**9))
    tokens = round(len(TEXT) * 0.9)
    told = f"batch_size=5000 is lowered to {tokens // 16}: the {tokens:,} tokens learnt from"
    assert next(note for note in trained.notes_ if "batch_size" in note).startswith(told)
    assert trained.history_.epochs[-1].valid == fewer.history_.epochs[-1].valid
    assert trained.evaluate(TEXT) == fewer.evaluate(TEXT)


def test_a_text_shorter_than_a_segment_is_one_stream():
    assert "lowered to 1:" in LanguageModel(**SMALL, validation=0).fit("a hare").notes_[0]


def test_a_text_long_enough_has_the_streams_asked_for(model):
    assert not [note for note in model.notes_ if "batch_size" in note]
