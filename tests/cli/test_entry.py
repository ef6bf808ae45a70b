import builtins
import io
import json
import subprocess
import sys

import pytest

from tidegate import __version__
from tidegate.errors import TrainingInterrupted

COMMANDS = [[], ["demo"], ["fit"], ["fit", "forecast"], ["predict"], ["evaluate"], ["doctor"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_examples(tidegate, command):
    result = tidegate(*command, "--help")

    assert result.code == 0
    assert result.err == ""
    assert "Examples:\n    tidegate " in result.out


def test_version(tidegate):
    assert tidegate("--version").out == f"tidegate {__version__}\n"


def test_an_unknown_command_is_a_matter_of_usage(tidegate):
    result = tidegate("forcast")

    assert result.code == 2
    assert "forcast" in result.err


@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted; what was not finished is not written\n"),
        (TrainingInterrupted("stopped after 3 epochs"), 130, "error: stopped after 3 epochs\n"),
        (PermissionError(13, "Permission denied", "runs/x"), 1, "error: runs/x: Permission denied\n"),
        (OSError(28, "No space left on device"), 1, "error: No space left on device\n"),
        (
            ModuleNotFoundError("no", name="torch"),
            1,
            "error: 'torch' is not installed: pip install 'tidegate[train]'\n",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_trouble_becomes_a_line_and_an_exit_code(tidegate, monkeypatch, trouble, code, words):
    def fail(*_):
        raise trouble

    monkeypatch.setattr("tidegate.load", fail, raising=False)

    result = tidegate("predict", "model.safetensors")

    assert (result.code, result.err) == (code, words)


def test_debug_shows_the_trace(tidegate, monkeypatch):
    monkeypatch.setenv("TIDEGATE_DEBUG", "1")

    result = tidegate("predict", "no-such-model")

    assert result.code == 1
    assert result.err.startswith("Traceback")
    assert "no-such-model: no such file" in result.err.splitlines()[-1]


def test_a_missing_part_of_tidegate_itself_is_a_fault_to_be_seen(tidegate, monkeypatch):
    def fail(*_):
        raise ModuleNotFoundError("no", name="tidegate.nn")

    monkeypatch.setattr("tidegate.load", fail, raising=False)

    with pytest.raises(ModuleNotFoundError):
        tidegate("predict", "model.safetensors")


@pytest.fixture
def base_install(monkeypatch):
    """Imports of what only the extra brings fail."""
    import sys

    for name in [name for name in sys.modules if name.partition(".")[0] == "typer" or name == "tidegate.cli.app"]:
        monkeypatch.delitem(sys.modules, name)
    real = builtins.__import__

    def without_typer(name, *rest, **named):
        if name.partition(".")[0] == "typer":
            raise ModuleNotFoundError("No module named 'typer'", name="typer")
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_typer)


@pytest.mark.usefixtures("base_install")
def test_a_base_install_names_the_extra(tidegate):
    result = tidegate("fit", "forecast", "sales.csv")

    assert (result.code, result.err) == (1, "error: 'typer' is not installed: pip install 'tidegate[train]'\n")


@pytest.mark.usefixtures("base_install")
def test_the_doctor_works_on_a_base_install(tidegate):
    assert "native module" in tidegate("doctor").out
    assert json.loads(tidegate("doctor", "--json").out)["versions"]["tidegate"] == __version__


def test_a_terminal_without_a_character_gets_another(monkeypatch):
    from tidegate.cli.entry import main

    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", narrow)

    main(["--version"])
    narrow.write("3 × 12")
    narrow.flush()

    assert narrow.buffer.getvalue().endswith(b"3 ? 12")


@pytest.mark.parametrize("task", ["forecast", "classify", "regress", "tag", "language", "polyphony", "translate"])
def test_an_option_of_the_estimator_given_by_itself_is_told_how_to_be_written(tidegate, task):
    result = tidegate("fit", task, "data.csv", "--hidden-size", 4)

    assert result.code == 2
    assert "--hidden-size is no option of its own; write it as --set hidden_size=VALUE" in result.err
    assert "No such option: --hiden-size" in tidegate("fit", task, "data.csv", "--hiden-size=4").err


def test_it_is_a_module_too():
    told = subprocess.run([sys.executable, "-m", "tidegate", "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"tidegate {__version__}\n"


def test_ctrl_c_outside_training_says_that_nothing_was_written(tidegate, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tidegate.load", interrupt, raising=False)
    result = tidegate("evaluate", "model.safetensors", "data.csv")
    assert (result.code, result.out) == (130, "")
    assert result.err == "interrupted; what was not finished is not written\n"
