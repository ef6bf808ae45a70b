import json
import re
from pathlib import Path

import numpy as np
import pytest

from tidegate.artefact.file import load


def test_a_file_of_two_columns_needs_no_further_option_and_says_where_things_went(
    tidegate, sales, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    result = tidegate("fit", "forecast", sales, "--epochs", 1)

    assert result.code == 0, result.err
    folder = Path("tidegate-run/sales")
    assert (folder / "model.safetensors").is_file()
    assert (folder / "report.html").read_text().startswith("<!doctype html>")
    for words in (f"{folder}/model.safetensors", f"{folder}/report.html", "tidegate predict"):
        assert words in result.out


def test_the_table_has_the_network_beside_all_baselines_and_a_verdict(fitted):
    result, _ = fitted

    assert result.code == 0, result.err
    for name in ("GRU", "naive", "seasonal naive", "drift", "MASE", "80 %", "95 %", "on the held-out 3 × 6 steps."):
        assert name in result.out
    assert "epoch 2/2" in result.err


def test_json_is_all_that_stands_on_standard_output(tidegate, sales, quick, tmp_path):
    result = tidegate("fit", "forecast", sales, "--out", tmp_path, "--json", "--windows", 2, *quick)

    told = json.loads(result.out)
    assert set(told["metrics"]) == {"mae", "rmse", "smape", "mase"}
    assert set(told["baselines"]) == {"naive", "seasonal naive", "drift"}
    assert set(told["intervals"]) == {"80", "95"}
    assert (told["horizon"], told["forecasts"], told["epochs"]) == (6, 2, 2)
    assert Path(told["model"]) == tmp_path / "model.safetensors"
    assert "epoch 1/2" in result.err


def test_quiet_says_nothing(tidegate, sales, quick, tmp_path):
    result = tidegate("fit", "forecast", sales, "--out", tmp_path, "--quiet", *quick)

    assert (result.code, result.out, result.err) == (0, "", "")


def test_the_report_parts_options_chosen_from_those_the_data_settled(fitted):
    _, folder = fitted

    _, chosen, settled = re.split("<h3>(?:Chosen|Settled by the data)</h3>", (folder / "report.html").read_text())
    settled, _ = settled.split("<details>")
    assert "<bdi>hidden_size</bdi>" in chosen
    assert "<bdi>horizon</bdi>" in chosen
    assert "<bdi>season_length</bdi>" in settled
    assert "<bdi>hidden_size</bdi>" not in settled


def test_rows_held_out_are_not_learnt_from(fitted):
    _, folder = fitted

    artefact = load(folder / "model.safetensors")

    assert artefact.fingerprint["rows"] == 96 - 3 * 6


def test_options_reach_the_model(tidegate, sales, quick, tmp_path):
    options = ["--cell", "lstm", "--seed", 7, "--strategy", "direct", "--level", 90, "--set", "patience=none"]

    result = tidegate("fit", "forecast", sales, "--out", tmp_path, "--set", "layer_norm=true", *options, *quick)

    assert result.code == 0, result.err
    found = load(tmp_path / "model.safetensors").configuration
    expected = {"cell": "lstm", "seed": 7, "strategy": "direct", "levels": [90.0], "patience": None, "layer_norm": True}
    assert {name: found[name] for name in expected} == expected


def test_many_series_targets_and_covariates(tidegate, shops, quick, tmp_path):
    columns = ["--target", "sales", "--target", "visits", "--known", "holiday", "--time", "month", "--id", "unique_id"]

    result = tidegate("fit", "forecast", shops, "--out", tmp_path, *columns, *quick)

    assert result.code == 0, result.err
    assert "Of 12 series three are drawn" in result.out
    assert "--future FUTURE.csv" in result.out
    page = (tmp_path / "report.html").read_text()
    assert page.count("<h3>") == 9  # three series, scores and residuals of two targets, options chosen and settled


def test_an_earlier_model_is_replaced_only_when_asked_to(tidegate, sales, quick, tmp_path):
    command = ["fit", "forecast", sales, "--out", tmp_path, *quick]
    assert tidegate(*command, "--quiet").code == 0
    before = (tmp_path / "model.safetensors").read_bytes()

    refused = tidegate(*command, "--seed", 5)

    assert refused.code == 1
    assert "--force" in refused.err
    assert (tmp_path / "model.safetensors").read_bytes() == before
    assert tidegate(*command, "--seed", 5, "--force").code == 0
    assert load(tmp_path / "model.safetensors").configuration["seed"] == 5


def test_resume_of_a_finished_training_gives_the_same_weights(tidegate, sales, quick, tmp_path):
    command = ["fit", "forecast", sales, "--out", tmp_path, *quick]
    assert tidegate(*command).code == 0
    before = load(tmp_path / "model.safetensors").tensors

    assert tidegate(*command, "--resume").code == 0

    after = load(tmp_path / "model.safetensors").tensors
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name], equal_nan=True) for name in before)


def test_resume_with_other_settings_is_refused(tidegate, sales, quick, tmp_path):
    assert tidegate("fit", "forecast", sales, "--out", tmp_path, *quick).code == 0

    result = tidegate("fit", "forecast", sales, "--out", tmp_path, *quick, "--resume", "--seed", 3)

    assert result.code == 1
    assert "seed=0, not 3" in result.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--horizon", "0"], 2, "--horizon"),
        (["--epochs", "many"], 2, "--epochs"),
        (["--cell", "grue"], 1, "cell='grue'"),
        (["--set", "hiden_size=8"], 1, "did you mean 'hidden_size'?"),
        (["--set", "hidden_size=-3"], 1, "hidden_size='-3'"),
        (["--set", "hidden_size"], 1, "key=value"),
        (["--seed", "1", "--set", "seed=2"], 1, "'seed' is given twice"),
        (["--level", "120"], 1, "120"),
        (["--target", "profit"], 1, "there is no column 'profit'"),
        (["--horizon", "90"], 1, "hold back fewer"),
        (["--what"], 2, "No such option"),
    ],
)
def test_wrong_arguments_are_named_in_a_line_and_leave_nothing_behind(
    tidegate, sales, tmp_path, arguments, code, words
):
    result = tidegate("fit", "forecast", sales, "--out", tmp_path / "run", *arguments)

    assert result.code == code
    assert words in result.err
    assert result.out == ""
    assert "Traceback" not in result.err
    assert not (tmp_path / "run").exists()


def test_text_in_a_number_column_is_shown_by_line(tidegate, tmp_path):
    data = tmp_path / "bad.csv"
    data.write_text("month,sales\n2020-01,3.5\n2020-02,4.5\n2020-03,lots\n2020-04,2.5\n")

    result = tidegate("fit", "forecast", data, "--out", tmp_path / "run")

    assert result.code == 1
    assert "line 4" in result.err
    assert "lots" in result.err
    assert not (tmp_path / "run").exists()


def test_a_folder_that_is_a_file_is_told(tidegate, sales, quick, tmp_path):
    occupied = tmp_path / "occupied"
    occupied.write_text("")

    result = tidegate("fit", "forecast", sales, "--out", occupied, *quick)

    assert result.code == 1
    assert f"{occupied}" in result.err.splitlines()[-1]


def test_rows_to_watch_and_to_score_may_stand_in_files_of_their_own(tidegate, sales, quick, tmp_path):
    header, *rows = sales.read_text().splitlines()
    first, watched, scored = tmp_path / "first.csv", tmp_path / "watched.csv", tmp_path / "scored.csv"

    def part(path, start, end):
        path.write_text("\n".join([header, *rows[start:end], ""]))
        return path

    count = len(rows)
    part(first, 0, count - 18)
    part(scored, count - 18, count)
    command = ["--json", "--force", "--out", tmp_path / "run", *quick]
    together = json.loads(tidegate("fit", "forecast", sales, "--windows", 3, *command).out)
    apart = json.loads(tidegate("fit", "forecast", first, "--test", scored, *command).out)
    assert apart == together
    whole = json.loads(tidegate("fit", "forecast", first, "--test", sales, *command).out)  # rows known again are no new
    assert whole == together

    part(first, 0, count - 40)
    part(watched, count - 40, count - 20)
    part(scored, count - 20, count)
    told = tidegate("fit", "forecast", first, "--valid", watched, "--test", scored, *command)
    assert json.loads(told.out)["evaluation"] == "the held-out 3 × 6 steps"
    assert "The first 2 rows to test on are read, not scored" in told.out
    ahead = tidegate("predict", tmp_path / "run" / "model.safetensors", "--json")
    assert len(json.loads(ahead.out)["forecast"]) == 6


def test_rows_apart_that_do_not_go_on_from_the_others_are_refused(tidegate, sales, quick, tmp_path):
    header, *rows = sales.read_text().splitlines()
    few, old = tmp_path / "few.csv", tmp_path / "old.csv"
    few.write_text("\n".join([header, *rows[-3:], ""]))
    old.write_text("\n".join([header, *rows[:9], ""]))
    most = tmp_path / "most.csv"
    most.write_text("\n".join([header, *rows[:-3], ""]))
    command = ["--out", tmp_path / "run", *quick]
    assert (
        "3 rows to test on come after all others, and 6 are"
        in tidegate("fit", "forecast", most, "--test", few, *command).err
    )
    for option in ("--valid", "--test"):
        assert "has no row after" in tidegate("fit", "forecast", most, option, old, *command).err
    assert not (tmp_path / "run").exists()
