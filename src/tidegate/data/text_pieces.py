"""Text shown while its tokens come one by one, never half a character, and stopped where a stop string begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tidegate.errors import ConfigurationError

_HALF = "\ufffd"  # what the decoder puts in place of bytes that are not a whole character yet


def pieces(decode: Callable[[Sequence[int]], str], before: Sequence[int], tokens: Iterable[int]) -> Iterator[str]:
    """The text that each token adds to that of `before`; bytes of a character not yet whole wait for the next tokens.

    `decode` must tell longer texts of more tokens, as long as none ends amid a character. At the end whatever waited is
    given out as it is.
    """
    shown, waiting = list(before), list[int]()
    for token in tokens:
        waiting.append(token)
        added = decode([*shown, *waiting])[len(decode(shown)) :]
        if added.endswith(_HALF):
            continue
        shown, waiting = waiting, []
        yield added
    if waiting:
        yield decode([*shown, *waiting])[len(decode(shown)) :]


def without_first_space(texts: Iterable[str]) -> Iterator[str]:
    """The texts, but for the space that the first may begin with: words bring their own, a prompt may end with one."""
    source = iter(texts)
    for first in source:
        yield first.removeprefix(" ")
        break
    yield from source


def until(stops: Sequence[str], texts: Iterable[str]) -> Iterator[str]:
    """The texts up to the first of `stops` that comes whole, of which nothing is shown; nothing is read after it.

    Raises ConfigurationError for an empty stop string.
    """
    if not all(stops):
        raise ConfigurationError("stop='': an empty string stands everywhere; give text to stop at")
    return _until(stops, texts)


def _until(stops: Sequence[str], texts: Iterable[str]) -> Iterator[str]:
    held = ""
    for text in texts:
        held += text
        found = [(place + len(stop), place) for stop in stops if (place := held.find(stop)) >= 0]
        if found:
            _, begin = min(found)
            if begin:
                yield held[:begin]
            return
        safe = len(held) - _beginning(stops, held)
        if safe:
            yield held[:safe]
            held = held[safe:]
    if held:
        yield held


def _beginning(stops: Sequence[str], text: str) -> int:
    """How many characters at the end of the text may be the beginning of a stop string."""
    longest = max((len(stop) for stop in stops), default=1) - 1
    sizes = range(min(longest, len(text)), 0, -1)
    return next((size for size in sizes if any(stop.startswith(text[-size:]) for stop in stops)), 0)
