import json
import os
import signal

import pytest

QUICK = ["--epochs", "2", "--horizon", "6", "--set", "hidden_size=4"]


def test_fit_predict_and_evaluate_one_after_the_other(start, sales, tmp_path):
    fit = start("fit", "forecast", sales, *QUICK)
    told, progress = fit.communicate()
    assert fit.returncode == 0, progress
    model = "tidegate-run/sales/model.safetensors"
    assert model in told
    assert "epoch 2/2" in progress

    predict = start("predict", model, "--out", "ahead.csv")
    assert predict.communicate() == ("6 rows written to ahead.csv\n", "")
    assert len((tmp_path / "ahead.csv").read_text().splitlines()) == 1 + 6

    evaluate = start("evaluate", model, sales, "--json")
    told, complaints = evaluate.communicate()
    assert complaints == ""
    assert set(json.loads(told)["metrics"]) == {"mae", "rmse", "smape", "mase"}


def test_a_reader_who_leaves_is_no_error_to_tell(start):
    read, write = os.pipe()
    os.close(read)

    doctor = start("doctor", stdout=write)
    os.close(write)

    assert doctor.communicate()[1] == ""
    assert doctor.returncode == 1


def test_control_c_stops_a_training_that_can_be_resumed(start, sales, tmp_path):
    command = ["fit", "forecast", sales, "--out", "run", *QUICK, "--set", "patience=none"]
    fit = start(*command, "--epochs", 100_000)
    for line in fit.stderr:
        if line.startswith("epoch 3/"):
            break

    fit.send_signal(signal.SIGINT)

    _, complaints = fit.communicate()
    assert fit.returncode == 130
    assert complaints.splitlines()[-1].startswith("error: stopped after ")
    assert "resume" in complaints
    assert not (tmp_path / "run" / "model.safetensors").exists()
    refused = start(*command)
    assert "--resume" in refused.communicate()[1]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may write anywhere")
def test_a_folder_without_permission_is_told_in_a_line(start, sales, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)

    fit = start("fit", "forecast", sales, "--out", locked / "run", *QUICK)

    _, complaints = fit.communicate()
    assert fit.returncode == 1
    assert complaints.splitlines()[-1].startswith("error: ")
    assert "Permission denied" in complaints
