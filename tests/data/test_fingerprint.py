import numpy as np
import polars as pl

from tidegate.data.columns import Columns
from tidegate.data.fingerprint import fingerprint
from tidegate.data.panel import read_panel

VALUES = np.random.default_rng(0).normal(size=4).tolist()


def told(values=VALUES, times=(1, 2, 1, 2), ids=("a", "a", "b", "b"), name="y", static=("u", "u", "v", "v")) -> dict:
    frame = pl.DataFrame({"unique_id": ids, "ds": times, name: values, "s": static})
    return fingerprint(read_panel(frame, columns=Columns.of(target=name, static="s")))


def test_it_tells_how_much_and_when():
    print_ = told(times=(1, 3, 7, 9))
    assert {key: print_[key] for key in ("series", "rows", "first", "last")} == {
        "series": 2,
        "rows": 4,
        "first": "1",
        "last": "9",
    }
    assert len(print_["sha256"]) == 64


def test_equal_data_have_equal_fingerprints_whatever_they_came_in(write):
    frame = pl.DataFrame({"ds": ["2020-01", "2020-02", "2020-03"], "y": [1.5, None, 2.5]})
    expected = fingerprint(read_panel(frame))
    assert fingerprint(read_panel(write(frame.write_csv()))) == expected
    assert fingerprint(read_panel(frame.to_pandas())) == expected
    assert (expected["first"], expected["last"]) == ("2020-01-01", "2020-03-01")


def test_any_change_shows():
    changed = [
        told(values=[*VALUES[:3], np.nextafter(VALUES[3], 9)]),
        told(values=[*VALUES[:3], None]),
        told(times=(1, 2, 2, 3)),
        told(ids=("a", "a", "c", "c")),
        told(name="z"),
        told(static=("u", "u", "w", "w")),
        told(values=VALUES[2:] + VALUES[:2]),
    ]
    assert len({one["sha256"] for one in [told(), *changed]}) == len(changed) + 1
