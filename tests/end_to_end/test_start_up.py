import subprocess
import sys

import pytest

HEAVY = ("torch", "lightning_fabric", "polars", "narwhals", "jinja2", "numpy")


def loaded(code: str) -> set[str]:
    """Which heavy packages a fresh process has loaded after running this code."""
    script = f"import sys\n{code}\nprint(*[name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_import_loads_nothing_heavy():
    assert loaded("import tidegate") == set()


@pytest.mark.parametrize("command", [[], ["fit", "forecast"], ["predict"], ["doctor"]], ids=" ".join)
def test_help_loads_nothing_heavy(command):
    assert loaded(f"from tidegate.cli import main; assert main({[*command, '--help']}) == 0") == set()


def test_the_check_sees_what_is_loaded():
    assert loaded("import numpy") == {"numpy"}
