from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

from tidegate.artefact.file import Artefact, load, save
from tidegate.errors import ArtefactError
from tidegate.estimators.forecasting.forecaster import Forecaster
from tidegate.nn.layer import RecurrentLayer

KINDS = [
    {},
    {"cell": "rnn", "layer_norm": True},
    {"cell": "lstm", "num_layers": 2, "residual": True},
    {"cell": "mingru", "num_layers": 2},
    {"cell": "minlstm", "batch_norm": True, "num_layers": 2},
    {"reset": "before", "zoneout": 0.2},
    {"batch_norm": True, "num_layers": 3, "residual": True, "layer_norm": True, "dropout": 0.2},
    {"initialisation": ("orthogonal",)},
    {"strategy": "direct"},
    {"strategy": "direct", "intervals": "quantile", "levels": (80.0, 90.0)},
    {"anchor": "none", "scaler": "minmax"},
    {"anchor": "season", "scaler": "log"},
    {"precision": "64-true"},
]


@pytest.mark.parametrize("options", KINDS)
def test_what_is_read_back_forecasts_the_same(tiny, monthly, tmp_path, options):
    forecaster = tiny(**options).fit(monthly(ids=("a", "b")))
    again = Forecaster.load(forecaster.save(tmp_path / "model.safetensors"))
    told, repeated = (one.predict(15, level=[80, 90]) for one in (forecaster, again))
    pd.testing.assert_frame_equal(repeated.to_pandas(), told, check_exact=True, check_dtype=False)
    assert again.fitted.options == forecaster.fitted.options
    assert again.fitted.learnt == forecaster.fitted.learnt
    assert again.fitted.fingerprint == forecaster.fitted.fingerprint
    assert again.history_ == forecaster.history_.without_clock()
    longer = monthly(rows=70, ids=("a", "c"))
    one, other = (each.evaluate(longer, windows=3) for each in (forecaster, again))
    assert one.scores == other.scores
    assert one.learnt == other.learnt == 1


def test_covariates_words_and_gaps_come_back(tiny, monthly, tmp_path):
    given = monthly(ids=("a", "b"), v=None, p=None, x=None)
    given["kind"] = given.unique_id.map({"a": "shop", "b": None})
    given.loc[[57, 59, 70], ["y", "p"]] = np.nan
    names = {"target": ["y", "v"], "past": "p", "known": "x", "static": "kind"}
    forecaster = tiny(anchor="season").fit(given, **names)
    again = Forecaster.load(forecaster.save(tmp_path / "model.safetensors"))
    future = monthly(rows=9, ids=("a", "b"), start="2005-01-01", x=None)
    told, repeated = (one.predict(9, future=future, level=[80]) for one in (forecaster, again))
    pd.testing.assert_frame_equal(repeated.to_pandas(), told, check_exact=True, check_dtype=False)


@pytest.mark.parametrize(
    ("times", "ids"),
    [
        (range(1900, 1960), ["a"]),
        (pd.date_range("2024", periods=60, freq="D").date, [7, 8]),
        (pd.date_range("2024-03-30", periods=60, freq="h", tz="Europe/Berlin"), ["a"]),
        (pd.date_range("2020-01-31", periods=60, freq="ME"), ["a"]),
    ],
)
def test_times_and_ids_keep_their_kind(tiny, tmp_path, times, ids):
    rng = np.random.default_rng(0)
    frame = pl.concat([pl.DataFrame({"unique_id": id, "ds": list(times), "y": rng.normal(size=60)}) for id in ids])
    forecaster = tiny().fit(frame)
    again = Forecaster.load(forecaster.save(tmp_path / "model.safetensors"))
    told, repeated = forecaster.predict(5), again.predict(5)
    assert repeated.equals(told.cast(dict(repeated.schema)))
    assert repeated.schema["unique_id"] == told.schema["unique_id"]
    assert type(repeated["ds"][0]) is type(told["ds"][0])
    assert repeated["ds"].to_list() == told["ds"].to_list()
    assert again.evaluate(frame, h=3).learnt == forecaster.evaluate(frame, h=3).learnt == len(ids)


def test_remembered_strangers_come_back_with_their_scale_and_their_day_of_the_month(tiny, monthly, tmp_path):
    forecaster = tiny().fit(monthly(ids=("a",)))
    stranger = monthly(rows=120, ids=("new", "a")).assign(ds=lambda f: f.ds + pd.Timedelta("14D"))
    stranger.loc[:30, "y"] += 1000
    told = forecaster.remember(stranger).predict(3)
    repeated = Forecaster.load(forecaster.save(tmp_path / "model.safetensors")).predict(3)
    pd.testing.assert_frame_equal(repeated.to_pandas(), told, check_exact=True, check_dtype=False)
    assert repeated["ds"].dt.day().to_list() == [15] * 6


def test_only_the_rows_that_forecasts_start_from_are_kept(tiny, monthly, tmp_path):
    long, short = (tiny().fit(monthly(rows=rows)).save(tmp_path / f"{rows}.safetensors") for rows in (2000, 200))
    assert len(load(long).tensors["recent.target"]) == len(load(short).tensors["recent.target"]) == 12 + 2 * 12


def test_metrics_go_along(fitted, tmp_path):
    path = fitted.save(tmp_path / "model.safetensors", metrics={"backtest": {"mae": 1.5}})
    assert load(path).metrics["backtest"] == {"mae": 1.5}
    assert Forecaster.load(path).history_ == fitted.history_.without_clock()


def changed(artefact: Artefact, path, **changes):
    return save(replace(artefact, **changes), path)


def test_a_file_of_another_kind_is_refused(fitted, tmp_path):
    artefact = load(fitted.save(tmp_path / "model.safetensors"))
    with pytest.raises(
        ArtefactError, match=r"other.safetensors: holds a tagger, not a forecaster; tidegate.load opens"
    ):
        Forecaster.load(changed(artefact, tmp_path / "other.safetensors", kind="tagger"))


def test_a_forecaster_of_another_version_is_refused_in_one_sentence(fitted, tmp_path):
    artefact, path = load(fitted.save(tmp_path / "model.safetensors")), tmp_path / "other.safetensors"
    fewer = {name: value for name, value in artefact.tensors.items() if "head" not in name}
    for changes in (
        {"configuration": {**artefact.configuration, "flux": 3}},
        {"configuration": {**artefact.configuration, "hidden_size": 9}},
        {"preprocessing": {}},
        {"tensors": fewer},
        {"metrics": {}},
    ):
        with pytest.raises(
            ArtefactError, match=r"other.safetensors: a forecaster of tidegate 9.9 that version .* install"
        ):
            Forecaster.load(changed(artefact, path, version="9.9", **changes))


def test_reading_draws_no_numbers_of_the_caller(fitted, tmp_path):
    path = fitted.save(tmp_path / "model.safetensors")
    before = torch.get_rng_state()
    Forecaster.load(path)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("sizes", [{"hidden_size": 20_000}, {"hidden_size": 10**12}, {"num_layers": 10**9}])
def test_sizes_that_the_weights_do_not_have_take_neither_memory_nor_time(fitted, tmp_path, monkeypatch, sizes):
    artefact, path = load(fitted.save(tmp_path / "model.safetensors")), tmp_path / "other.safetensors"
    hostile = changed(artefact, path, configuration={**artefact.configuration, **sizes})
    build, devices = RecurrentLayer.__init__, []

    def watched(self, *given, **options):
        devices.append(torch.empty(0).device.type)
        build(self, *given, **options)

    monkeypatch.setattr(RecurrentLayer, "__init__", watched)
    with pytest.raises(ArtefactError, match=r"other.safetensors: a forecaster of .* install"):
        Forecaster.load(hostile)
    assert set(devices) <= {"meta"}
