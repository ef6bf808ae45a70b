from __future__ import annotations

import numpy as np
import pytest
import torch

from tidegate.data.text_coding import TextCoding
from tidegate.estimators.language import language_lines
from tidegate.estimators.language.language_lines import line_likelihoods
from tidegate.models.encoder import EncoderOptions
from tidegate.models.language import LanguageNetwork, LanguageShape
from tidegate.training.seeding import seeded

LINES = ["ab ba b", "", "aaaaaaaaa", "b", "ba ab ab ab b", "x"]


@pytest.mark.parametrize("at_once", [1, 4, 16])
@pytest.mark.parametrize("kind", ["characters", "words"])
def test_a_line_has_the_same_probability_in_any_company(monkeypatch, kind, at_once):
    monkeypatch.setattr(language_lines, "_LINES_AT_ONCE", at_once)
    monkeypatch.setattr(language_lines, "_LOGITS_AT_ONCE", 9 * at_once)
    coding = TextCoding.fit("ab ba b\n", kind, lowercase=False, min_count=1, size=None)
    with seeded(1):
        shape = LanguageShape(tokens=len(coding.vocabulary), embedding_size=4)
        network = LanguageNetwork(shape, EncoderOptions(hidden_size=4)).double().eval()
    totals, counts = line_likelihoods(network, coding, LINES)
    for line, total, count in zip(LINES, totals, counts, strict=True):
        numbers = coding.encode(f"{line}\n").tolist()
        with torch.no_grad():
            hidden, _ = network(torch.tensor([[coding.first, *numbers[:-1]]]))
            logs = network.logits(hidden[0]).log_softmax(-1)
        assert count == len(numbers)
        assert total == pytest.approx(float(np.sum([row[one] for row, one in zip(logs, numbers, strict=True)])))
