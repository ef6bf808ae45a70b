"""`python -m benchmarks`: measure the layers beside their peers, write the results, print the tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from benchmarks.peers import RIVALS
from benchmarks.plan import MEASURES, Choice
from benchmarks.run import FULL, QUICK, results_path, run
from benchmarks.shapes import CELLS, SHAPES, THREADS, Shape
from benchmarks.table import show


def main() -> int:
    """The exit code: 130 if interrupted, and then the file holds what was measured until then."""
    options = _parser().parse_args()
    choice = Choice(options.shapes, options.cells, options.peers, options.threads, options.measures)
    effort = QUICK if options.quick else FULL
    path = results_path(effort)
    try:
        show(run(choice, effort, path))
    except KeyboardInterrupt:
        print(f"interrupted; what was measured until now, if anything: {path}", file=sys.stderr)
        return 130
    print(f"written: {path} and, as Markdown, {path.with_suffix('.md').name}")
    return 0


def _parser() -> argparse.ArgumentParser:
    usual = Choice()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repetitions: to see that it works, not to report")
    shapes = " ".join(map(str, SHAPES))
    parser.add_argument("--shapes", nargs="+", type=_shape, default=SHAPES, metavar="T,B,F,H", help=f"from: {shapes}")
    _add_words(parser, "cells", CELLS, usual.cells)
    _add_words(parser, "peers", RIVALS, usual.peers)
    _add_words(parser, "threads", THREADS, usual.threads)
    _add_words(parser, "measures", MEASURES, usual.measures)
    return parser


def _add_words(parser: argparse.ArgumentParser, name: str, known: Sequence[object], usual: Sequence[object]) -> None:
    words = {str(word): word for word in known}

    def chosen(text: str) -> list[object]:
        if unknown := [word for word in text.split(",") if word not in words]:
            raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(words)}")
        return [words[word] for word in text.split(",")]

    parser.add_argument(f"--{name}", type=chosen, default=usual, metavar="A,B…", help=f"from: {','.join(words)}")


def _shape(text: str) -> Shape:
    try:
        return Shape.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
