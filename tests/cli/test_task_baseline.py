"""Baselines beside what one counts by hand."""

import math

import numpy as np
import pytest

import tidegate as library
from tidegate.cli.task_baseline import baseline
from tidegate.cli.task_report import headline, task_facts
from tidegate.cli.task_run import Scored, TaskFiles, TaskRun

TINY = {"hidden_size": 3, "epochs": 1}


def run_of(estimator, training, held):
    """As `fit_task` leaves it after training on one file and watching another."""
    records = [estimator._given(*pair) for pair in (training, held)]
    estimator.fit(records[0], valid=records[1])
    scored = [Scored("validation", records[1], estimator.assess(records[1]))]
    return TaskRun(TaskFiles("data.csv", valid="held.csv"), estimator, records[0], scored)


def test_the_commonest_class_with_the_shares_of_training():
    texts = ["a b", "b a", "a a", "b b"]
    run = run_of(library.SequenceClassifier(**TINY), (texts, ["x", "x", "x", "y"]), (["a", "b"], ["x", "y"]))
    name, metrics = baseline(run)
    assert name == "always x"
    assert metrics["accuracy"] == 0.5
    assert metrics["log_loss"] == pytest.approx(-(math.log(0.75) + math.log(0.25)) / 2)


def test_what_was_held_out_of_the_training_file_is_not_learnt_from():
    texts, labels = ["a b"] * 40, ["x"] * 21 + ["y"] * 19
    estimator = library.SequenceClassifier(**TINY, validation=0.25)
    records = estimator._given(texts, labels)
    learnt, held = estimator.hold_out(records)
    estimator.fit(records)
    run = TaskRun(TaskFiles("data.csv"), estimator, records, [Scored("validation", held, estimator.assess(held))])
    shares = {name: learnt.targets.count(name) / len(learnt) for name in "xy"}
    assert len(learnt) == 30
    assert shares["x"] != 21 / 40
    wanted = -sum(math.log(shares[name]) for name in held.targets) / len(held)
    assert baseline(run)[1]["log_loss"] == pytest.approx(wanted)


def test_the_mean_number_explains_nothing():
    series = [np.random.default_rng(seed).normal(size=(4, 1)) for seed in range(6)]
    run = run_of(library.SequenceRegressor(**TINY), (series[:4], [1.0, 2, 3, 6]), (series[4:], [2.0, 5.0]))
    assert baseline(run)[1]["mae"] == 1.5  # the mean is 3
    assert baseline(run)[1]["r2"] < 0


def test_the_commonest_tag_of_each_word_and_of_all_for_new_ones():
    training = [["the", "cat", "runs"], ["the", "run", "cat"]], [["D", "N", "V"], ["D", "V", "N"]]
    run = run_of(library.SequenceTagger(**TINY), training, ([["the", "cat", "sleeps"]], [["D", "V", "D"]]))
    assert baseline(run)[1]["accuracy"] == pytest.approx(2 / 3)  # D is among the commonest; ties go to the first


def test_frequencies_of_tokens_and_their_perplexity():
    run = run_of(library.LanguageModel(segment=8, batch_size=2, **TINY), ("aaab" * 20, None), ("ab", None))
    learnt = np.log(np.array([60 + 1, 20 + 1]) / (80 + 4))  # with "<pad>" and "<unk>" the vocabulary has four
    metrics = baseline(run)[1]
    assert metrics["perplexity"] == pytest.approx(math.exp(-learnt.mean()))
    assert metrics["bits_per_character"] == pytest.approx(-learnt.mean() / math.log(2))


def test_frequencies_of_notes():
    pieces = [[[60], [60], [], [64]]]
    run = run_of(library.PolyphonyModel(**TINY), (pieces, None), ([[[60], [64]]], None))
    sounding, other = math.log(3 / 6), math.log(2 / 6)  # 60 sounds twice, 64 once in four frames, and one more each
    silent = 86 * math.log(5 / 6)
    first = -(sounding + math.log(4 / 6) + silent)
    second = -(other + math.log(3 / 6) + silent)
    metrics = baseline(run)[1]
    assert metrics == pytest.approx({"nll": second, "nll_with_first": (first + second) / 2})


def test_a_source_that_is_its_own_translation():
    same = ["one two three four five", "two three four five six"]
    estimator = library.Translator(embedding_size=4, tokenizer="words", **TINY)
    name, metrics = baseline(run_of(estimator, (same, same), (same, same)))
    assert name == "the source, copied"
    assert metrics["bleu"] == pytest.approx(100)
    assert "perplexity" not in metrics


def test_headline_and_scores_tell_the_baseline():
    texts = ["a b", "b a", "a a", "b b"]
    run = run_of(library.SequenceClassifier(**TINY), (texts, ["x", "x", "x", "y"]), (["a", "b"], ["x", "y"]))
    assert "(always x: 0.5) on validation data, 2 texts" in headline(run, baseline(run))
    facts = task_facts(run, lambda estimator, scored: [], [])  # noqa: ARG005 - sections take both
    assert list(facts.scores) == ["validation", "validation, baseline: always x"]
    assert facts.learning.loss == "cross-entropy of an example, in nats"
