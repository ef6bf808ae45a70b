import json
import math
from datetime import date

import pytest

from tidegate.cli.terminal import say_json, show_scores, show_table, show_verdict
from tidegate.report.facts import CoverageRow, ScoreRow
from tidegate.report.task_facts import Table

ROWS = [ScoreRow("GRU", 1.5, 2.25, 10.0, 0.75, False), ScoreRow("naive", 3.0, 4.5, 20.0, math.nan, True)]


def test_json_is_standard_where_numbers_are_not(capsys):
    say_json({"a": math.nan, "b": [math.inf, 1.5], "c": {"d": date(2020, 1, 2), "e": None}, "f": (True, 3)})

    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told == {"a": None, "b": [None, 1.5], "c": {"d": "2020-01-02", "e": None}, "f": [True, 3]}


def test_a_log_gets_bare_columns(capsys):
    show_scores(ROWS, [CoverageRow(80.0, 0.75, 4.0)])

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[:3] == [
        ["Model", "MAE", "RMSE", "sMAPE", "(%)", "MASE"],
        ["GRU", "1.50", "2.25", "10.0", "0.750"],
        ["naive", "3.00", "4.50", "20.0", "–"],
    ]
    assert lines[-1][:3] == ["80", "%", "75.0"]


def test_a_name_with_brackets_is_shown_as_it_is(capsys):
    show_verdict(ROWS, "the last 3 steps", ["Missing values in '[bold]': 3 of 9."])

    assert capsys.readouterr().out.startswith("Note: Missing values in '[bold]': 3 of 9.\nGRU: MAE 1.5, 50 % better")


def test_on_a_narrow_terminal_only_the_names_give_way(capsys, monkeypatch):
    monkeypatch.setattr("tidegate.cli.terminal._WIDEST", 60)
    name = "a-very-long/path/to/some/data/that/has/a/long/name/test.csv"
    show_table(Table("Scores", ["data", "accuracy", "f1", "f1_weighted", "log_loss"], [[name, 0.25, 0.5, 0.125, 0.75]]))

    out = capsys.readouterr().out
    for words in ("accuracy", "f1_weighted", "log_loss", "0.250", "0.125", "0.750"):
        assert words in out
    assert "".join(line.split(" ")[0] for line in out.splitlines()[1:]) == name
