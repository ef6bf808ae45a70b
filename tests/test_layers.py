"""The layers of the house are checked by a machine, and the machine is checked by a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# The editable install has an import hook of its own that goes before sys.path: without it the copy is what is read.
LINT = """
import sys
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in type(finder).__module__.lower()]
sys.path.insert(0, "src")
import tidegate
assert tidegate.__file__.startswith(sys.argv[1]), tidegate.__file__
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename="pyproject.toml", cache_dir=None))
"""


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT, str(tree)], cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_tree_as_it_is_keeps_its_layers(tree: Path) -> None:
    outcome = lint(tree)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("nn/walk.py", "from tidegate.estimators import options"),
        ("data/panel.py", "from tidegate.nn import walk"),
        ("runtime/steps.py", "import torch"),
    ],
)
def test_a_planted_violation_is_caught(tree: Path, room: str, forbidden: str) -> None:
    file = tree / "src" / "tidegate" / room
    file.write_text(file.read_text() + f"\n{forbidden}\n")
    outcome = lint(tree)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "BROKEN" in outcome.stdout
