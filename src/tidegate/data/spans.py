"""Spans of tagged tokens, found and scored as the script conlleval does (Tjong Kim Sang & Buchholz, CoNLL-2000)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_TAG = re.compile(r"[BIESLU](-.+)?")
_OUTSIDE = "O"
_ALSO = {"L": "E", "U": "S"}  # last and unit of BILOU are end and single of BIOES


class Span(NamedTuple):
    """Tokens `start` to `end` − 1 of a sentence are a `kind` (such as NP)."""

    kind: str
    start: int
    end: int


def are_span_tags(tags: Iterable[str]) -> bool:
    """Whether tags read as "O", "B-NP", "I-NP", "E-NP" or "L-NP", "S-NP" or "U-NP", and at least one is not "O".

    Tags of spans without a kind, "B", "I", "O", are such where both "B" and "I" are there.
    """
    found = set(tags) - {_OUTSIDE}
    bare = {tag for tag in found if len(tag) == 1}
    return bool(found) and all(map(_TAG.fullmatch, found)) and (not bare or (bare == found and {"B", "I"} <= bare))


def scheme(sentences: Iterable[Sequence[str]]) -> str:
    """How spans are written: "BIOES", "BILOU", "IOB2" (each begins with B), "IOB1" (B parts neighbours) or "IO"."""
    prefixes, begun_inside = set(), False
    for tags in sentences:
        for before, tag in zip([_OUTSIDE, *tags], tags, strict=False):
            prefixes.add(tag[0])
            begun_inside |= _part(tag) == "I" and _kind(before) != _kind(tag)
    if prefixes & {"E", "S"}:
        return "BIOES"
    if prefixes & {"L", "U"}:
        return "BILOU"
    if not begun_inside:
        return "IOB2"
    return "IOB1" if "B" in prefixes else "IO"


def may_follow(scheme: str, before: str, tag: str) -> bool:
    """Whether the scheme lets a tag stand after another; "O" stands for what is before and after a sentence.

    "IOB1" and "IO" are not restricted.
    """
    goes_on = _part(tag) in "IE" and _part(before) in "BI" and _kind(before) == _kind(tag)
    match scheme:
        case "IOB2":
            return _part(tag) != "I" or goes_on
        case "BIOES" | "BILOU":
            return goes_on or (_part(tag) not in "IE" and _part(before) not in "BI")
    return True


def spans(tags: Sequence[str]) -> list[Span]:
    """The spans of one sentence, by conlleval's rules, which make the best of tags that break the scheme.

    A span begins with B or S, and with I or E where no span of that kind is open; it ends after E or S, and before
    whatever does not go on with it.
    """
    found: list[Span] = []
    opened: int | None = None
    for place, (before, tag) in enumerate(zip([_OUTSIDE, *tags], [*tags, _OUTSIDE], strict=True)):
        if opened is not None and _ends(before, tag):
            found.append(Span(_kind(before), opened, place))
            opened = None
        if _begins(before, tag):
            opened = place
    return found


@dataclass(frozen=True)
class Tally:
    """How many spans or tags there are, how many were told, and how many of those are right, to the token, in kind."""

    gold: int
    told: int
    right: int

    @property
    def precision(self) -> float:
        """Share of those told that are right; 0 where none was told."""
        return self.right / self.told if self.told else 0.0

    @property
    def recall(self) -> float:
        """Share of the true ones that were told; 0 where there are none."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.gold + self.told
        return 2 * self.right / both if both else 0.0


def span_scores(gold: Iterable[Sequence[str]], told: Iterable[Sequence[str]]) -> dict[str, Tally]:
    """Scores by kind, in alphabetical order; `total` adds them up. Sentences of tags, the same in number and length."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("gold", "told", "right")}
    for truth, answer in zip(gold, told, strict=True):
        if len(truth) != len(answer):
            raise ValueError(f"{len(truth)} gold tags and {len(answer)} told: sentences are the same in length")
        there, said = set(spans(truth)), set(spans(answer))
        for name, found in (("gold", there), ("told", said), ("right", there & said)):
            counts[name].update(span.kind for span in found)
    kinds = sorted(counts["gold"] | counts["told"])
    return {kind: Tally(*(counts[name][kind] for name in ("gold", "told", "right"))) for kind in kinds}


def total(scores: Iterable[Tally]) -> Tally:
    """All kinds together (micro-average)."""
    found = list(scores)
    return Tally(*(sum(getattr(score, name) for score in found) for name in ("gold", "told", "right")))


def _part(tag: str) -> str:
    """B, I, E, S or O."""
    return _ALSO.get(tag[0], tag[0])


def _kind(tag: str) -> str:
    return tag[2:]


def _begins(before: str, tag: str) -> bool:
    if tag == _OUTSIDE:
        return False
    return _part(tag) in "BS" or _part(before) in "OES" or _kind(before) != _kind(tag)


def _ends(before: str, tag: str) -> bool:
    return _part(before) in "ES" or _part(tag) in "OBS" or _kind(before) != _kind(tag)
