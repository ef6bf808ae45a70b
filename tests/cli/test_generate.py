from __future__ import annotations

import json

import pytest

from tidegate.estimators.language.language_model import LanguageModel

TEXT = "one two three\nfour five six\n" * 20


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A language model and the file that holds it."""
    model = LanguageModel(hidden_size=8, batch_size=4, segment=16, epochs=2).fit(TEXT)
    return model, model.save(tmp_path_factory.mktemp("model") / "model.safetensors")


def test_prompt_and_text_are_shown_as_from_python(tidegate, written):
    model, path = written
    options = ["--prompt", "four ", "--length", "40", "--seed", "3", "--temperature", "0.8", "--top-k", "5"]
    result = tidegate("generate", path, *options, "--top-p", "0.9")
    expected = model.generate("four ", 40, seed=3, temperature=0.8, top_k=5, top_p=0.9)
    assert result.out == f"four {expected}\n"
    assert result.err == ""
    assert tidegate("generate", path, *options, "--top-p", "0.9").out == result.out
    assert tidegate("generate", path, *options, "--seed", "4").out != result.out


def test_it_ends_before_a_stop_text_and_tells_programs_all(tidegate, written):
    model, path = written
    result = tidegate("generate", path, "--length", "80", "--stop", "\n", "--stop", "six", "--json")
    told = json.loads(result.out)
    assert told["text"] == model.generate(length=80, stop=["\n", "six"])
    assert told["seed"] == 0
    assert told["length"] == 80


def test_what_it_does_not_know_in_a_prompt_is_said_beside_the_text(tidegate, written):
    result = tidegate("generate", written[1], "--prompt", "Ünd", "--length", "3")
    assert result.out.startswith("Ünd")
    assert "Note: not in the vocabulary, and read as unknown: 'Ü', 'd'" in result.err


def test_what_cannot_be_is_refused(tidegate, written, model):
    for options, told in (
        (["--temperature", "-1"], "temperature=-1.0"),
        (["--top-k", "0"], "top_k=0"),
        (["--top-p", "2"], "top_p=2.0"),
        (["--stop", ""], "stop=''"),
    ):
        result = tidegate("generate", written[1], *options)
        assert result.code == 1
        assert told in result.err
    result = tidegate("generate", model)
    assert result.code == 1
    assert "holds a Forecaster, which generates nothing" in result.err
