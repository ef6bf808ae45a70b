import math

import numpy as np
import pytest
from sacrebleu import corpus_bleu, corpus_chrf

from tidegate.estimators.translation.translating import Translation
from tidegate.estimators.translation.translation_assessment import TranslationAssessment

TOLD = ["A man is running through the park.", "Two dogs play.", "The old woman reads a book in bed."]
TRUE = ["A man runs through the park.", "Two dogs play.", "An old woman is reading a book in bed."]


def assessed(told, true, nll=1.5) -> TranslationAssessment:
    translations = [Translation(text, -1.0, ["x"], ["y"], np.ones((2, 1), np.float32)) for text in told]
    return TranslationAssessment(["x"] * len(told), true, translations, nll)


def test_scores_are_sacrebleus_of_raw_text():
    metrics = assessed(TOLD, TRUE).metrics
    assert metrics["bleu"] == corpus_bleu(TOLD, [TRUE]).score
    assert metrics["chrf"] == corpus_chrf(TOLD, [TRUE]).score
    assert metrics["perplexity"] == pytest.approx(math.exp(1.5))
    assert metrics["accuracy"] == pytest.approx(1 / 3)


def test_case_counts():
    assert assessed([text.lower() for text in TOLD], TRUE).metrics["bleu"] < assessed(TOLD, TRUE).metrics["bleu"]


def test_the_signature_says_how():
    parts = dict(part.split(":") for part in assessed(TOLD, TRUE).signature.split("|"))
    assert (parts["nrefs"], parts["case"], parts["tok"], parts["smooth"]) == ("1", "mixed", "13a", "exp")


def test_tokens_are_not_split_again():
    assessment = assessed([["don't", "(", "1.5"], ["b"]], [("don't", "(", "1.5"), ("c",)])
    assert "tok:none" in assessment.signature
    assert assessment.metrics["accuracy"] == 0.5


def test_a_perplexity_beyond_all_numbers_is_still_one():
    assert assessed(TOLD, TRUE, nll=1e4).metrics["perplexity"] == pytest.approx(math.exp(700))
