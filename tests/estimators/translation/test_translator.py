"""A translator that reverses digits: what it learns in seconds, and all that can be asked of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import tidegate
from tidegate import Translator
from tidegate.artefact.file import load
from tidegate.errors import ConfigurationError, DataError
from tidegate.models.beam import END

OPTIONS = {
    "hidden_size": 32,
    "embedding_size": 16,
    "learning_rate": 0.02,
    "epochs": 8,
    "batch_size": 32,
    "schedule": "cosine",
    "label_smoothing": 0.0,
    "embedding_dropout": 0.0,
    "memory_dropout": 0.0,
    "output_dropout": 0.0,
}
TINY = {"hidden_size": 4, "embedding_size": 4, "epochs": 1}


def digits(count: int, seed: int) -> tuple[list[list[str]], list[list[str]]]:
    source = np.random.default_rng(seed)
    read = [[str(digit) for digit in source.choice(list("0123456789"), n)] for n in source.integers(2, 6, count)]
    return read, [one[::-1] for one in read]


@pytest.fixture(scope="module")
def trained() -> Translator:
    return Translator(**OPTIONS).fit(*digits(1000, 0), valid=digits(50, 1))


def test_it_learns_to_reverse(trained):
    metrics = trained.evaluate(*digits(200, 2))
    assert list(metrics) == ["bleu", "chrf", "perplexity", "accuracy"]
    assert metrics["accuracy"] > 0.9
    assert metrics["bleu"] > 90
    assert 1 < metrics["perplexity"] < 1.3
    assert trained.score(*digits(200, 2)) == metrics["bleu"]


def test_its_attention_runs_backwards(trained):
    """Most of what is written looks at the digit that it is."""
    right = written = 0
    for [found] in trained.translate(digits(100, 3)[0]):
        length = len(found.source_tokens)
        assert found.attention.shape == (len(found.tokens) + 1, length)
        np.testing.assert_allclose(found.attention.sum(axis=1), 1, atol=1e-5)
        if len(found.tokens) == length:
            right += int((found.attention[:length].argmax(axis=1) == np.arange(length)[::-1]).sum())
            written += length
    assert right / written > 0.5  # by chance a third


def test_several_translations_are_told_the_best_first(trained):
    sources = digits(20, 4)[0]
    found = trained.translate(sources, n_best=3, beam_size=4)
    for some, best in zip(found, trained.predict(sources, beam_size=4), strict=True):
        assert len(some) == 3
        assert some[0].text == best
        assert [one.score for one in some] == sorted((one.score for one in some), reverse=True)
        assert len({tuple(one.tokens) for one in some}) == 3


def test_scores_are_the_networks_own(trained):
    """log P by reading the translation anew, over the penalty of its length."""
    network, preparation = trained.fitted.network, trained.fitted.preparation
    for some in trained.translate(digits(5, 5)[0], n_best=2, length_penalty=0.7):
        for found in some:
            source = torch.from_numpy(preparation.source.encode(found.source_tokens))[None]
            words = torch.tensor([[2, *preparation.target.encode(found.tokens).tolist()]])
            with torch.no_grad():
                readouts, _, _ = network.write(words, network.read(source, torch.tensor([source.shape[1]])))
                logs = network.tell(readouts)[0].log_softmax(-1)
            following = torch.tensor([*words[0, 1:].tolist(), 3])
            total = logs.gather(1, following[:, None]).sum().item()
            penalty = ((5 + len(following)) / 6) ** 0.7
            assert found.score == pytest.approx(total / penalty, abs=1e-4)  # float32 sums in another order


def test_a_wider_beam_finds_likelier_sequences(trained):
    sources = digits(100, 6)[0]
    narrow, wide = (
        [found.score for [found] in trained.translate(sources, beam_size=size, length_penalty=0.0)] for size in (1, 8)
    )
    assert np.mean(wide) >= np.mean(narrow)
    assert sum(one < other - 1e-4 for one, other in zip(wide, narrow, strict=True)) <= 1


def test_a_sentence_is_translated_alike_in_any_company(trained):
    sources = digits(70, 7)[0]  # more than are searched at once
    assert [trained.predict([source])[0] for source in sources[:10]] == trained.predict(sources)[:10]


def test_no_translation_is_longer_than_allowed():
    X, y = digits(40, 0)
    limited = Translator(**TINY, max_length=2).fit(X, y)
    assert max(map(len, limited.predict(X))) <= 2
    assert max(map(len, limited.predict(X, beam_size=1))) <= 2


def test_by_default_twice_the_source_or_the_longest_target_is_the_limit():
    X, y = [["a", "b"]] * 8, [["x", "y", "x"], ["y"]] * 4
    endless = Translator(**TINY, beam_size=1, validation=0).fit(X, y)
    with torch.no_grad():
        endless.fitted.network.output.bias[END] = -1e9
    longest = 3
    for count in (1, 2, 5):
        assert len(endless.predict([["a"] * count])[0]) == max(2 * count, longest)


def test_a_file_makes_it_again(trained, tmp_path):
    path = trained.save(tmp_path / "model.safetensors", metrics={"bleu": 1.0})
    sources = digits(20, 8)[0]
    again = tidegate.load(path)
    assert isinstance(again, Translator)
    assert [found.score for [found] in again.translate(sources)] == [
        found.score for [found] in trained.translate(sources)
    ]
    assert load(path).kind == "translator"
    assert "0" in load(path).vocabulary["source"]["vocabulary"]["tokens"]


def test_texts_come_back_as_texts_and_as_a_frame():
    translator = Translator(**TINY, tokenizer="words").fit(["ein Hund", "zwei", "drei vier"], ["a dog", "two", "x y"])
    texts = translator.predict(["zwei Hund", "drei"])
    assert all(isinstance(text, str) for text in texts)
    frame = translator.prediction_frame(["zwei Hund", "drei"])
    assert frame.columns == ["source", "translation", "score"]
    assert frame["translation"].to_list() == texts


def test_unknown_words_are_copied_from_the_source():
    """Made to write <unk> always: then each is the word of the source that it attends to most."""
    X = ["der Hund", "die Katze", "der Mann"]
    translator = Translator(**TINY, tokenizer="words", max_length=3).fit(X, ["the dog", "the cat", "the man"])
    with torch.no_grad():
        translator.fitted.network.output.bias.copy_(torch.where(torch.arange(len(_words(translator))) == 1, 50.0, 0.0))
    source = "der Tapir schläft"
    [[found]] = translator.translate([source], beam_size=1)
    assert found.tokens == [source.split()[place] for place in found.attention[:-1].argmax(axis=1)]
    assert found.text == " ".join(found.tokens)
    assert set(found.tokens) <= set(source.split())
    kept = Translator(**TINY, tokenizer="words", max_length=3, copy_unknown=False)
    kept._fitted = type(translator.fitted)(**{**vars(translator.fitted), "options": kept.options})
    assert kept.predict([source], beam_size=1) == ["<unk> <unk> <unk>"]


def _words(translator: Translator) -> tuple[str, ...]:
    return translator.fitted.preparation.target.vocabulary.tokens


def test_what_does_not_fit_is_told(trained):
    with pytest.raises(ConfigurationError, match="n_best=6: give 1 to beam_size, which is 5"):
        trained.translate([["1"]], n_best=6)
    with pytest.raises(ConfigurationError, match="beam_size=0"):
        trained.predict([["1"]], beam_size=0)
    with pytest.raises(DataError, match="the sources are texts; training had lists of tokens"):
        trained.predict(["1 2"])
    with pytest.raises(DataError, match="have no targets"):
        trained.evaluate([["1"]])
    with pytest.raises(ConfigurationError, match="a file holds its targets itself"):
        Translator(**TINY).fit("pairs.tsv", ["x"])
    with pytest.raises(ConfigurationError, match="attention='dot' compares 4 units of the decoder with 8"):
        Translator(**TINY, attention="dot").fit(*digits(20, 0))


def test_unknown_tokens_are_counted_in_the_notes():
    X, y = digits(20, 0)
    X[3] = [*X[3], "once"]
    translator = Translator(**TINY, min_count=2, validation=0).fit(X, y)
    assert any("tokens of the sources are unknown" in note for note in translator.notes_)


def test_sampling_its_own_words_is_taken_up_where_it_stopped(tmp_path):
    """The schedule of teacher forcing counts on through a checkpoint."""
    X, y = digits(60, 0)
    options = {**TINY, "epochs": 4, "teacher_forcing_last": 0.2, "batch_size": 16}
    whole = Translator(**options).fit(X, y)
    half = Translator(**options)
    with pytest.raises(tidegate.errors.TrainingInterrupted):
        half.fit(X, y, directory=tmp_path, reporter=_Stop(after=2))
    resumed = Translator(**options).fit(X, y, directory=tmp_path, resume=True)
    assert torch.equal(resumed.fitted.network.output.weight, whole.fitted.network.output.weight)
    assert resumed.fitted.network.forcing.seen.item() % 54 == 0  # whole epochs of 54 pairs


class _Stop:
    """Presses Ctrl-C after some epochs."""

    def __init__(self, after: int) -> None:
        self.left = after

    def batch(self, *_: object) -> None:
        pass

    def epoch(self, *_: object) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt

    def close(self) -> None:
        pass
