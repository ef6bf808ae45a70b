"""Spans and their scores against cases written by hand, and laws that hold for any tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.spans import Span, Tally, are_span_tags, may_follow, scheme, span_scores, spans, total

TAGS = ["O", *(f"{prefix}-{kind}" for prefix in "BIES" for kind in ("NP", "VP"))]
any_tags = st.lists(st.sampled_from(TAGS), max_size=12)
spans_apart = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3), st.sampled_from(["NP", "VP"])), max_size=5)


# What the rules of conlleval say, found by hand; the third column is written kind:start-end.
@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("", ""),
        ("O O", ""),
        ("B-NP I-NP O B-VP", "NP:0-2 VP:3-4"),
        ("B-NP B-NP", "NP:0-1 NP:1-2"),
        ("I-NP I-NP B-NP O I-VP", "NP:0-2 NP:2-3 VP:4-5"),
        ("B-NP I-VP I-VP", "NP:0-1 VP:1-3"),
        ("S-NP B-NP I-NP E-NP", "NP:0-1 NP:1-4"),
        ("B-NP E-NP I-NP", "NP:0-2 NP:2-3"),
        ("E-NP E-NP", "NP:0-1 NP:1-2"),
        ("S-NP I-NP S-NP", "NP:0-1 NP:1-2 NP:2-3"),
        ("B-NP E-VP", "NP:0-1 VP:1-2"),
        ("U-NP B-NP I-NP L-NP U-NP", "NP:0-1 NP:1-4 NP:4-5"),
        ("B I O B B", ":0-2 :3-4 :4-5"),
    ],
)
def test_spans_as_conlleval_finds_them(tags: str, found: str) -> None:
    assert " ".join(f"{kind}:{start}-{end}" for kind, start, end in spans(tags.split())) == found


def iob2(spaces: list[tuple[int, int, str]]) -> tuple[list[str], list[Span]]:
    tags: list[str] = []
    expected = []
    for gap, length, kind in spaces:
        tags += ["O"] * gap
        expected.append(Span(kind, len(tags), len(tags) + length))
        tags += [f"B-{kind}", *[f"I-{kind}"] * (length - 1)]
    return tags, expected


def as_iob1(tags: list[str]) -> list[str]:
    before = ["O", *tags]
    return [tag if tag == "O" or old[2:] == tag[2:] else f"I{tag[1:]}" for old, tag in zip(before, tags, strict=False)]


def as_bioes(tags: list[str]) -> list[str]:
    goes_on = [after[0] == "I" for after in [*tags, "O"][1:]]
    names = {("B", True): "B", ("B", False): "S", ("I", True): "I", ("I", False): "E"}
    return [tag if tag == "O" else names[tag[0], more] + tag[1:] for tag, more in zip(tags, goes_on, strict=True)]


@given(spans_apart)
def test_every_scheme_writes_the_same_spans(spaces: list[tuple[int, int, str]]) -> None:
    tags, expected = iob2(spaces)
    assert spans(tags) == spans(as_iob1(tags)) == spans(as_bioes(tags)) == expected


@given(any_tags)
def test_spans_are_in_order_and_cover_all_that_is_not_outside(tags: list[str]) -> None:
    covered = [place for _, start, end in spans(tags) for place in range(start, end)]
    assert covered == [place for place, tag in enumerate(tags) if tag != "O"]
    assert all({tag[2:] for tag in tags[start:end]} == {kind} for kind, start, end in spans(tags))


@given(st.lists(st.tuples(any_tags, st.randoms(use_true_random=False)), max_size=4))
def test_scores_count_what_two_sets_share(cases) -> None:
    gold = [tags for tags, _ in cases]
    told = [source.sample(tags, len(tags)) for tags, source in cases]
    scores, mirrored = span_scores(gold, told), span_scores(told, gold)
    assert {kind: (one.told, one.gold, one.right) for kind, one in mirrored.items()} == {
        kind: (one.gold, one.told, one.right) for kind, one in scores.items()
    }
    assert total(scores.values()).gold == sum(len(spans(tags)) for tags in gold)
    perfect = total(span_scores(gold, gold).values())
    assert perfect.precision == perfect.recall == perfect.f1 == (1.0 if perfect.gold else 0.0)


def test_scores_of_a_case_by_hand() -> None:
    gold = [["B-NP", "I-NP", "O", "B-VP", "B-NP"], ["B-PP"]]
    told = [["B-NP", "O", "O", "B-VP", "I-NP"], ["O"]]
    scores = span_scores(gold, told)
    assert scores == {"NP": Tally(2, 2, 1), "PP": Tally(1, 0, 0), "VP": Tally(1, 1, 1)}
    assert (scores["NP"].f1, scores["PP"].precision, scores["PP"].f1) == (0.5, 0.0, 0.0)
    overall = total(scores.values())
    assert (overall.precision, overall.recall) == (2 / 3, 2 / 4)
    assert overall.f1 == pytest.approx(2 * (2 / 3) * (1 / 2) / (2 / 3 + 1 / 2))  # the usual formula, rounded elsewhere


def test_sentences_of_other_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 gold tags and 1 told"):
        span_scores([["O", "O"]], [["O"]])


@pytest.mark.parametrize(
    ("sentences", "name"),
    [
        (["B-NP I-NP O B-NP B-NP"], "IOB2"),
        (["I-NP I-NP O I-NP B-NP"], "IOB1"),
        (["I-NP I-NP O I-VP"], "IO"),
        (["B-NP E-NP O S-NP"], "BIOES"),
        (["B-NP L-NP O U-NP"], "BILOU"),
        (["B I O B"], "IOB2"),
        (["O", "I-NP"], "IO"),
    ],
)
def test_the_scheme_is_told_from_the_tags(sentences: list[str], name: str) -> None:
    assert scheme([sentence.split() for sentence in sentences]) == name


@pytest.mark.parametrize(
    ("tags", "answer"),
    [
        ("O B-NP I-NP", True),
        ("S-x E-x", True),
        ("U-x B-x L-x O", True),
        ("B I O", True),
        ("B O", False),
        ("S O", False),
        ("B I-NP I", False),
        ("O", False),
        ("NOUN O", False),
        ("", False),
        ("B-", False),
    ],
)
def test_tags_of_spans_are_known_by_their_look(tags: str, answer: bool) -> None:
    assert are_span_tags(tags.split()) is answer


def broken(name: str, tags: list[str]) -> bool:
    return not all(may_follow(name, before, tag) for before, tag in zip(["O", *tags], [*tags, "O"], strict=True))


@given(spans_apart)
def test_tags_written_by_a_scheme_keep_to_it(spaces: list[tuple[int, int, str]]) -> None:
    tags, _ = iob2(spaces)
    assert not broken("IOB2", tags)
    assert not broken("BIOES", as_bioes(tags))
    assert not broken("IOB1", as_iob1(tags))


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("IOB2", "I-NP"),
        ("IOB2", "O I-NP"),
        ("IOB2", "B-NP I-VP"),
        ("BIOES", "B-NP"),
        ("BIOES", "B-NP O"),
        ("BIOES", "B-NP I-NP S-NP"),
        ("BIOES", "B-NP E-VP"),
        ("BIOES", "E-NP"),
        ("BIOES", "S-NP I-NP"),
    ],
)
def test_tags_that_break_a_scheme_are_told(name: str, tags: str) -> None:
    assert broken(name, tags.split())
