"""Every Python block and every `tidegate` command of a page runs, in order, in one namespace and one folder."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from tidegate.cli import main

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[[^]]+\]\(([^)]+\.svg)\)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
DOCS = [page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").rglob("*.md")]
PAGES = ["README.md", "CONTRIBUTING.md", *sorted(DOCS)]


class Block(NamedTuple):
    """A fenced block: its language, what it says, and how many lines of the page stand before it."""

    language: str
    code: str
    before: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        yield Block(found[1], found[2], text.count("\n", 0, found.start(2)))


def run(page: Path) -> None:
    namespace: dict[str, Any] = {"__name__": "__page__"}
    for block in blocks(page):
        if block.language == "python":
            # Empty lines first, so that a traceback shows the line of the page.
            exec(compile("\n" * block.before + block.code, str(page), "exec"), namespace)
        elif block.language == "bash":
            run_commands(block.code)


def run_commands(code: str) -> None:
    """The lines that call `tidegate`; of `tidegate demo`, which takes a minute, only that it is there."""
    for line in code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["tidegate"]:
            arguments = words[1:] if words[1] != "demo" else ["demo", "--help"]
            assert main(arguments) == 0, line


def assert_same_picture(drawn: Path, shown: Path) -> None:
    texts = [picture.read_text(encoding="utf-8") for picture in (drawn, shown)]
    remedy = f"{shown} is not what its page draws; if that is meant, copy {drawn} there"
    assert NUMBER.sub("#", texts[0]) == NUMBER.sub("#", texts[1]), remedy
    numbers = [np.array(NUMBER.findall(text), dtype=float) for text in texts]
    # Other processors round otherwise, which training enlarges; 1 unit is 0.3 % of the height, unseen by a reader.
    np.testing.assert_allclose(*numbers, rtol=0, atol=1, err_msg=remedy)


@pytest.fixture(autouse=True)
def usual_dtype() -> Iterator[None]:
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_run_and_draw_its_pictures(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(ROOT / page)
    for picture in PICTURE.findall((ROOT / page).read_text(encoding="utf-8")):
        assert_same_picture(tmp_path / picture, (ROOT / page).parent / picture)


def test_a_wrong_block_is_caught_at_its_line(tmp_path: Path) -> None:
    page = tmp_path / "wrong.md"
    page.write_text("# Title\n\n```python\nvalue = 1\n```\n\nText.\n\n```python\nvalue += 1\nassert value == 3\n```\n")
    with pytest.raises(AssertionError) as caught:
        run(page)
    assert caught.traceback[-1].lineno == 10  # counted from 0: line 11 of the page


def test_a_wrong_command_is_caught(tmp_path: Path) -> None:
    page = tmp_path / "wrong.md"
    page.write_text("```bash\nmake test\ntidegate predict no-such-model.safetensors\n```\n")
    with pytest.raises(AssertionError, match="tidegate predict no-such-model"):
        run(page)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_its_language(page: str) -> None:
    found = list(blocks(ROOT / page))
    fences = (ROOT / page).read_text(encoding="utf-8").count("```")
    assert fences == 2 * len(found)
    assert {block.language for block in found} <= {"python", "bash", "text"}


@pytest.mark.parametrize(
    ("drawn", "shown"),
    [("<path d='M1,2L3,4'/>", "<path d='M1,2L3,6'/>"), ("<path d='M1,2L3,4'/>", "<path d='M1,2'/>")],
    ids=["a point elsewhere", "a point more"],
)
def test_another_picture_is_noticed(drawn: str, shown: str, tmp_path: Path) -> None:
    for name, text in {"drawn.svg": drawn, "shown.svg": shown}.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(AssertionError, match="copy"):
        assert_same_picture(tmp_path / "drawn.svg", tmp_path / "shown.svg")
