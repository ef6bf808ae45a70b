from pathlib import Path

import pytest


@pytest.fixture
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_an_empty_folder")
def test_it_shows_the_table_and_leaves_model_and_report_also_the_second_time(tidegate, monkeypatch):
    monkeypatch.setattr("tidegate.cli.demo.EPOCHS", 1)

    for _ in range(2):
        result = tidegate("demo")

        assert result.code == 0, result.err
        for words in ("GRU", "seasonal naive", "drift", "tidegate-demo/report.html", "tidegate predict tidegate-demo/"):
            assert words in result.out
    assert sorted(path.name for path in Path("tidegate-demo").iterdir()) == ["model.safetensors", "report.html"]


@pytest.mark.slow
@pytest.mark.usefixtures("in_an_empty_folder")
def test_the_network_beats_the_best_baseline(tidegate):
    result = tidegate("demo")

    assert "% better than seasonal naive" in result.out
