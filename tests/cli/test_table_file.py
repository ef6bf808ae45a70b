from datetime import date, datetime, timedelta

import polars as pl
import pytest

from tidegate.cli.table_file import dated, show, write


def test_times_without_an_hour_become_dates():
    days = pl.DataFrame({"ds": [datetime(2020, 1, 1), datetime(2020, 2, 1)], "GRU": [1.5, 2.5]})
    hours = pl.DataFrame({"ds": [datetime(2020, 1, 1), datetime(2020, 1, 1, 6)], "GRU": [1.5, 2.5]})

    assert dated(days)["ds"].to_list() == [date(2020, 1, 1), date(2020, 2, 1)]
    assert dated(hours).equals(hours)


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ([datetime(2020, 1, 1, 6)], "2020-01-01 06:00:00"),
        ([datetime(2020, 1, 1, 6) + timedelta(milliseconds=250)], "2020-01-01 06:00:00.250"),
        ([1961], "1961"),
    ],
)
def test_csv_has_times_as_short_as_they_can_be(capsys, times, words):
    show(pl.DataFrame({"ds": times, "GRU": [0.1]}))

    assert capsys.readouterr().out == f"ds,GRU\n{words},0.1\n"


def test_a_zone_stays_with_its_times(tmp_path):
    zoned = pl.DataFrame({"ds": pl.Series([datetime(2020, 1, 1, 6)]).dt.replace_time_zone("Europe/Paris")})

    write(zoned, tmp_path / "f.csv")
    write(zoned, tmp_path / "f.parquet")

    assert (tmp_path / "f.csv").read_text() == "ds\n2020-01-01 06:00:00+01:00\n"
    assert pl.read_parquet(tmp_path / "f.parquet").equals(zoned)


def test_a_terminal_gets_the_first_rows_of_many(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    show(pl.DataFrame({"shop[1]": [f"[red]{row}" for row in range(100)], "GRU": [row / 3 for row in range(100)]}))

    told = capsys.readouterr().out
    assert "[red]59 " in told
    assert "[red]60" not in told
    assert "The first 60 of 100 rows; --out FILE.csv writes all." in told
