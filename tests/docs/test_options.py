"""The page of options names every option of every estimator, none that it has not, and its true default."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import tidegate
from tidegate.estimators.options import ForecasterOptions

PAGE = Path(__file__).parents[2] / "docs" / "options.md"
TASKS = [
    "SequenceClassifier",
    "SequenceRegressor",
    "SequenceTagger",
    "LanguageModel",
    "PolyphonyModel",
    "Translator",
]
OPTIONS = {"Forecaster": ForecasterOptions, **{name: getattr(tidegate, name).OPTIONS for name in TASKS}}
PARTS = {
    "Forecaster": ["Of all estimators", "Of a Forecaster"],
    "SequenceClassifier": ["Of whatever reads text", "Of a SequenceClassifier", "Of the classifier alone"],
    "SequenceRegressor": ["Of whatever reads text", "Of a SequenceClassifier", "Of the regressor alone"],
    "SequenceTagger": ["Of whatever reads text", "Of a SequenceTagger"],
    "LanguageModel": ["Of whatever reads text", "Of a LanguageModel"],
    "PolyphonyModel": ["Of a PolyphonyModel"],
    "Translator": ["Of whatever reads text", "Of a Translator"],
}
NOT_OF_THE_TAGGER = {"tokenizer", "vocabulary_size"}
BY_THE_DATA = {"horizon", "window", "season_length", "initialisation", "levels"}  # told in words of their own


def parts() -> dict[str, str]:
    """Headings, and lines that introduce a table as one would, with what stands below."""
    found = re.split(
        r"^(?:## )?(Of .*?)(?: and a SequenceRegressor)?:?\n", PAGE.read_text(encoding="utf-8"), flags=re.M
    )
    return dict(zip(found[1::2], found[2::2], strict=True))


def rows(part: str) -> list[list[str]]:
    """The rows of all tables below the heading, each as its cells."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in parts()[part].splitlines()
        if line.startswith("| `")
    ]


def names(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def told(value: Any) -> str:
    """A default as the page writes it."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:g}"
    return str(value)


def default(name: str, option: str) -> str:
    if option == "epochs" and OPTIONS[name].model_fields[option].default is None:
        return f"{OPTIONS[name].USUAL_EPOCHS} or more"
    return told(OPTIONS[name].model_fields[option].default)


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_of_an_estimator_is_named_and_no_other(name: str) -> None:
    headings = [*dict.fromkeys(["Of all estimators", *PARTS[name]])]
    named = {option for heading in headings for row in rows(heading) for option in names(row[0])}
    if name == "SequenceTagger":
        named -= NOT_OF_THE_TAGGER
    assert named == set(OPTIONS[name].model_fields)


def test_defaults_that_differ_between_estimators_are_all_told() -> None:
    table = {names(row[0])[0]: row[1:] for row in rows("Of all estimators") if len(row) > 3}
    shared = {option for row in rows("Of all estimators") for option in names(row[0])}
    for option in shared:
        defaults = [default(name, option) for name in OPTIONS]
        assert table.get(option, defaults[:1] * len(OPTIONS)) == defaults, option


@pytest.mark.parametrize("name", OPTIONS)
def test_other_defaults_are_those_of_the_estimator(name: str) -> None:
    for heading in dict.fromkeys(["Of all estimators", *PARTS[name]]):
        for options, given, *_ in (row for row in rows(heading) if len(row) == 3):
            known = [option for option in names(options) if option in OPTIONS[name].model_fields]
            if not known or set(known) & BY_THE_DATA:
                continue
            shown = [part.strip(" `") for part in _of(name, given).split(",")] * (1 if "," in given else 9)
            for option, one in zip(names(options), shown, strict=False):
                if one != "see below" and option in known:
                    assert one == default(name, option), (heading, option)


def _of(name: str, cell: str) -> str:
    """The default that a cell gives for an estimator: the one before ";", or the one "of a" such."""
    usual, _, others = cell.partition(";")
    own = re.search(rf"(?:^|, )((?:(?!, `| of a).)+) of a {name}", others.strip())
    return own[1] if own else usual
