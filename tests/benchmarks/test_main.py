from __future__ import annotations

import pytest
from benchmarks.__main__ import _parser
from benchmarks.plan import Choice
from benchmarks.shapes import Shape


def test_without_options_everything_is_measured() -> None:
    options = _parser().parse_args([])
    assert Choice(options.shapes, options.cells, options.peers, options.threads, options.measures) == Choice()
    assert not options.quick


def test_lists_are_written_with_commas_and_shapes_with_spaces() -> None:
    words = "--quick --cells gru,lstm --threads 1 --peers torch --shapes 100,32,10,64 1,1,32,64 --measures peers,memory"
    options = _parser().parse_args(words.split())
    assert options.quick
    assert (options.cells, options.threads, options.peers) == (["gru", "lstm"], [1], ["torch"])
    assert options.shapes == [Shape(100, 32, 10, 64), Shape(1, 1, 32, 64)]
    assert options.measures == ["peers", "memory"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cells", "gru,qru"], "'qru' is not one of rnn, gru, lstm"),
        (["--peers", "tidegate"], "'tidegate' is not one of torch"),
        (["--shapes", "1,2,3"], "'1,2,3' is not a shape"),
    ],
)
def test_what_is_not_known_is_named(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        _parser().parse_args(words)
    assert message in capsys.readouterr().err
