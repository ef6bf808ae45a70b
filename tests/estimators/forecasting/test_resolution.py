from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tidegate.data.panel import read_panel
from tidegate.data.windows import WindowShape
from tidegate.errors import ConfigurationError, DataError
from tidegate.estimators.forecasting.resolution import resolved, training_lengths
from tidegate.estimators.options import ForecasterOptions


def panel_of(*lengths, freq="MS", values=None):
    rng = np.random.default_rng(0)
    parts = [
        pd.DataFrame(
            {
                "unique_id": str(place),
                "ds": pd.date_range("2000-01-01", periods=rows, freq=freq),
                "y": rng.normal(size=rows) if values is None else values,
            }
        )
        for place, rows in enumerate(lengths)
    ]
    return read_panel(pd.concat(parts, ignore_index=True))


def of(panel, **options):
    return resolved(ForecasterOptions(**options), panel)


@pytest.mark.parametrize(
    ("panel", "horizon", "window", "season", "anchor"),
    [
        (panel_of(144), 12, 48, 12, "season"),
        (panel_of(20, 500), 12, 64, 12, "season"),
        (panel_of(35), 8, 11, 12, "last"),
        (panel_of(36), 9, 12, 12, "season"),
        (panel_of(8), 2, 2, 12, "last"),
        (panel_of(300, freq="h"), 24, 64, 24, "season"),
        (panel_of(40, freq="YS"), 10, 13, 1, "last"),
    ],
)
def test_what_is_left_open_follows_from_the_data(panel, horizon, window, season, anchor):
    options = of(panel)
    assert (options.horizon, options.window, options.season_length, options.anchor) == (horizon, window, season, anchor)


def test_what_is_given_stays():
    given = {"horizon": 3, "window": 5, "season_length": 7, "anchor": "season", "scaler": "robust", "epochs": 2}
    options = of(panel_of(60), **given)
    assert {name: getattr(options, name) for name in given} == given


def test_a_season_longer_than_the_data_is_no_anchor_by_itself():
    options = of(panel_of(60), season_length=500)
    assert (options.anchor, options.season_length, options.window) == ("last", 500, 20)


@pytest.mark.parametrize(
    ("panel", "options", "message"),
    [
        (panel_of(14), {}, r"corrects the value 12 steps ago, but the longest series has 11 rows to learn from"),
        (panel_of(60), {"season_length": 500}, r"500 steps ago.*take anchor='last' or a shorter season_length"),
        (panel_of(60, freq="YS"), {}, r"needs a season_length above 1, which the times do not tell"),
    ],
)
def test_an_anchor_out_of_reach_is_refused(panel, options, message):
    with pytest.raises(ConfigurationError, match=message):
        of(panel, anchor="season", **options)


def test_the_scale_is_chosen_by_the_training_part():
    rng = np.random.default_rng(0)
    skewed, even = np.exp(rng.normal(size=80)), 10 + rng.normal(size=20)
    assert of(panel_of(100, values=np.concatenate([skewed, even]))).scaler == "log"
    assert of(panel_of(100, values=np.concatenate([10 + rng.normal(size=80), skewed[:20]]))).scaler == "standard"


def test_values_without_logarithm_in_the_validation_part_rule_it_out():
    values = np.exp(np.random.default_rng(0).normal(size=100))
    values[-1] = 0
    assert of(panel_of(100, values=values)).scaler == "standard"


@pytest.mark.parametrize(
    ("rows", "horizon", "validation", "learnt"),
    [(100, 5, 0.2, 80), (100, 30, 0.2, 70), (100, 90, 0.2, 67), (8, 50, 0.2, 6), (10, 1, 0.95, 4), (9, 2, 0.01, 7)],
)
def test_validation_takes_its_share_or_a_horizon_and_leaves_most(rows, horizon, validation, learnt):
    assert training_lengths(panel_of(rows), horizon, validation) == [learnt]


def test_a_series_too_short_is_named():
    with pytest.raises(DataError, match="series '1' has 7 rows to fit on, 8 are needed; leave it out"):
        training_lengths(panel_of(50, 7), 3, 0.2)


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"anchor": "none"}, WindowShape(12, 1, 0)),
        ({"anchor": "last"}, WindowShape(12, 1, 1)),
        ({"anchor": "season", "strategy": "direct"}, WindowShape(12, 6, 12)),
    ],
)
def test_the_shape_of_windows(options, shape):
    assert of(panel_of(60), window=12, horizon=6, **options).window_shape == shape


def test_quantiles_lie_evenly_around_the_middle():
    options = of(panel_of(60), strategy="direct", intervals="quantile", levels=(80, 90))
    # one rounding each
    assert options.quantile_shares == pytest.approx((0.1, 0.9, 0.05, 0.95), rel=1e-15)
    assert of(panel_of(60), levels=(80,)).quantile_shares == ()
