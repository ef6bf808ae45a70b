from pathlib import Path

import pytest

from tidegate.cli.run_folder import RunFolder
from tidegate.errors import ConfigurationError


def test_the_usual_folder_is_named_after_the_data():
    assert RunFolder.of(None, "data/sales.2024.csv").path == Path("tidegate-run/sales.2024")
    assert RunFolder.of(Path("runs/a"), "data/sales.csv").path == Path("runs/a")


def test_an_absent_or_empty_folder_is_free(tmp_path):
    RunFolder(tmp_path / "absent").refuse_to_overwrite()
    (tmp_path / "checkpoints").mkdir()
    RunFolder(tmp_path).refuse_to_overwrite()


@pytest.mark.parametrize(
    ("name", "words"), [("model.safetensors", "holds a model"), ("checkpoints/last.safetensors", "--resume")]
)
def test_an_earlier_run_is_not_overwritten(tmp_path, name, words):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / name).write_bytes(b"earlier")

    with pytest.raises(ConfigurationError, match=words):
        RunFolder(tmp_path).refuse_to_overwrite()
