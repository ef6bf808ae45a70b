import json

import numpy as np
import polars as pl
import pytest

import tidegate as library


def test_a_pipe_gets_csv_from_the_end_of_all_rows_given_to_fit(tidegate, model):
    result = tidegate("predict", model)

    lines = result.out.splitlines()
    assert lines[0] == "month,GRU,GRU-lo-80,GRU-hi-80,GRU-lo-95,GRU-hi-95"
    assert len(lines) == 1 + 6
    assert lines[1].startswith("2018-01-01,")


def test_data_horizon_and_levels_are_those_given(tidegate, model, sales, tmp_path):
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("\n".join(sales.read_text().splitlines()[:61]))

    told = json.loads(tidegate("predict", model, shorter, "--horizon", 9, "--level", 70, "--json").out)

    assert [row["month"] for row in told["forecast"]][:2] == ["2015-01-01", "2015-02-01"]
    assert len(told["forecast"]) == 9
    assert set(told["forecast"][0]) == {"month", "GRU", "GRU-lo-70", "GRU-hi-70"}


@pytest.mark.parametrize("name", ["forecast.csv", "forecast.parquet"])
def test_files_hold_what_python_gives(tidegate, model, tmp_path, name):
    result = tidegate("predict", model, "--out", tmp_path / name)

    assert result.code == 0, result.err
    frame = (pl.read_csv if name.endswith("csv") else pl.read_parquet)(tmp_path / name)
    expected = library.load(model).predict(level=[80, 95])
    # Text of a float64 as Polars writes it leads back to the same number.
    np.testing.assert_array_equal(frame["GRU-hi-95"].to_numpy(), expected["GRU-hi-95"].to_numpy())
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("forecast.xlsx", ".csv, .tsv or .parquet"),
        ("none/forecast.csv", "there is no folder"),
        ("sales.csv", "is read from"),
        ("folder.csv", "folder.csv: this is a folder; name a file"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_any_work(tidegate, model, tmp_path, name, words):
    data = tmp_path / "sales.csv"
    data.write_text("month,sales\n")  # no rows: reading them would be refused too
    (tmp_path / "folder.csv").mkdir()

    result = tidegate("predict", model, data, "--out", tmp_path / name)

    assert result.code == 1
    assert words in result.err
    assert data.read_text() == "month,sales\n"


def test_covariates_known_ahead_are_asked_for_and_taken(tidegate, shops, tmp_path):
    quick = ["--epochs", "1", "--horizon", "3", "--set", "hidden_size=4", "--quiet"]
    known = ["--target", "sales", "--target", "visits", "--known", "holiday"]
    assert tidegate("fit", "forecast", shops, "--out", tmp_path, *known, *quick).code == 0
    model, future = tmp_path / "model.safetensors", tmp_path / "future.csv"
    rows = [f"shop{shop},2015-{month:02},1" for shop in range(6) for month in range(1, 4)]
    future.write_text("\n".join(["unique_id,month,holiday", *rows]))

    assert "--future" in tidegate("predict", model).err
    result = tidegate("predict", model, "--future", future)

    assert result.code == 0, result.err
    assert result.out.splitlines()[0].startswith("unique_id,month,sales-GRU,")
    assert len(result.out.splitlines()) == 1 + 6 * 3


@pytest.mark.parametrize("command", ["predict", "evaluate"])
@pytest.mark.parametrize(
    ("content", "words"), [(None, "no such file"), (b"", "empty"), (b"PK\x03\x04 and more", "not a tidegate model")]
)
def test_what_is_no_model_is_told(tidegate, sales, tmp_path, command, content, words):
    path = tmp_path / "m.safetensors"
    if content is not None:
        path.write_bytes(content)

    result = tidegate(command, path, sales)

    assert result.code == 1
    assert words in result.err
    assert len(result.err.splitlines()) == 1


def test_a_model_with_one_byte_changed_is_told(tidegate, model, tmp_path):
    content = bytearray(model.read_bytes())
    content[-5] ^= 1
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(content)

    result = tidegate("predict", damaged)

    assert result.code == 1
    assert "damaged" in result.err
