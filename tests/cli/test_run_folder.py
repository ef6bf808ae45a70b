from pathlib import Path

import pytest

from tidegate.cli.run_folder import RunFolder
from tidegate.errors import ConfigurationError


def test_the_usual_folder_is_named_after_the_data():
    assert RunFolder.of(None, "data/sales.2024.csv", resume=False).path == Path("tidegate-run/sales.2024")
    assert RunFolder.of(Path("runs/a"), "data/sales.csv", resume=False).path == Path("runs/a")


def test_the_usual_folder_is_a_new_one_and_resuming_goes_to_the_latest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("sales", "sales-2"):
        assert RunFolder.of(None, "sales.csv", resume=False).path == Path("tidegate-run", name)
        (tmp_path / "tidegate-run" / name).mkdir(parents=True)
        (tmp_path / "tidegate-run" / name / "model.safetensors").touch()
        assert RunFolder.of(None, "sales.csv", resume=True).path == Path("tidegate-run", name)


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


@pytest.mark.parametrize("out", ["notes.txt", "notes.txt/run"])
def test_a_file_in_the_way_is_told(tmp_path, out):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"--out .*: .*notes\.txt is a file; name a folder"):
        RunFolder.of(tmp_path / out, "sales.csv", resume=True)


def test_so_is_one_where_the_usual_folders_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tidegate-run").write_text("mine")
    with pytest.raises(ConfigurationError, match="tidegate-run is a file"):
        RunFolder.of(None, "sales.csv", resume=False)
