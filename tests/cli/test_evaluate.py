import json

import pytest


def test_the_rows_held_out_by_fit_give_the_scores_that_fit_printed(tidegate, fitted, model, sales):
    result, _ = fitted
    told = tidegate("evaluate", model, sales)

    def table(text):
        return [line for line in text.splitlines() if line.startswith(("GRU ", "naive", "seasonal", "drift", "80 %"))]

    assert told.code == 0, told.err
    assert len(table(told.out)) == 5
    assert table(told.out) == table(result.out)


def test_json_has_metrics_baselines_and_intervals(tidegate, model, sales):
    told = json.loads(tidegate("evaluate", model, sales, "--horizon", 4, "--windows", 2, "--level", 60, "--json").out)

    assert set(told["metrics"]) == {"mae", "rmse", "smape", "mase"}
    assert set(told["baselines"]["seasonal naive"]) == {"mae", "rmse", "smape", "mase"}
    assert set(told["intervals"]) == {"60"}
    assert told["evaluation"] == "the last 2 × 4 steps"
    assert told["learnt"] == 0


def test_rows_learnt_from_are_warned_of(tidegate, model, sales):
    result = tidegate("evaluate", model, sales, "--windows", 5)

    assert "2 of 5 forecasts fall on rows that the network has learnt from" in result.out


def test_a_score_that_is_not_defined_is_null(tidegate, model, tmp_path):
    flat = tmp_path / "flat.csv"
    months = [f"20{year:02}-{month:02}" for year in range(30, 34) for month in range(1, 13)]
    flat.write_text("\n".join(["month,sales", *(f"{month},7" for month in months)]))

    told = json.loads(tidegate("evaluate", model, flat, "--json").out)

    assert told["baselines"]["naive"]["mase"] is None
    assert told["baselines"]["naive"]["mae"] == 0


@pytest.mark.parametrize(("option", "code"), [(["--windows", "0"], 2), (["--windows", "40"], 1)])
def test_windows_that_do_not_fit_are_told(tidegate, model, sales, option, code):
    result = tidegate("evaluate", model, sales, *option)

    assert result.code == code
    assert "windows" in result.err
