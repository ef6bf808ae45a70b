import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tidegate.data.scaling import SeriesScaler
from tidegate.errors import ConfigurationError, DataError

KINDS = ["standard", "minmax", "maxabs", "robust", "log", "none"]


def walk(seed: int, shape: tuple[int, int] = (50, 2)) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(3, 1, size=shape)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("standard", lambda z: z.mean(0), lambda z: z.std(0)),
        ("minmax", lambda z: z.min(0), lambda z: z.max(0)),
        ("maxabs", lambda z: 0 * z[0], lambda z: np.abs(z).max(0)),
        ("robust", lambda z: np.median(z, 0), lambda z: np.subtract(*np.quantile(z, [0.75, 0.25], axis=0))),
        ("log", lambda z: z.mean(0), lambda z: z.std(0)),
    ],
)
def test_each_kind_brings_each_channel_to_its_scale(kind, low, high):
    values = walk(0)
    scaled = SeriesScaler(kind).fit([values], ["a"]).of("a", values).transform(values)
    # sums of 50 float64 values of order 1
    assert low(scaled) == pytest.approx([0, 0], abs=1e-12)
    assert high(scaled) == pytest.approx([1, 1], abs=1e-12)


def test_none_changes_nothing():
    values = walk(1)
    assert np.array_equal(SeriesScaler("none").of("a", values).transform(values), values)


@given(
    kind=st.sampled_from(KINDS),
    values=arrays.arrays(
        np.float64,
        st.tuples(st.integers(1, 20), st.integers(1, 3)),
        elements=st.one_of(st.just(np.nan), st.floats(1e-6, 1e9)),
    ),
)
def test_the_way_back_undoes_the_way_there(kind, values):
    scale = SeriesScaler(kind).fit([values], ["a"]).of("a", values)
    # rounding is relative to the largest value, and the logarithm multiplies it by about ln(1e9) ≈ 21
    tolerance = 1e-13 * np.nanmax(values, initial=1.0)
    back = scale.inverse(scale.transform(values))
    assert np.allclose(back, values, rtol=1e-12, atol=tolerance, equal_nan=True)


@pytest.mark.parametrize("kind", KINDS)
def test_missing_values_take_no_part(kind):
    values = walk(2)
    gaps = np.insert(values, [3, 10, 50], np.nan, axis=0)
    with_gaps, without = (SeriesScaler(kind).of("a", each) for each in (gaps, values))
    assert np.array_equal(with_gaps.shift, without.shift)
    assert np.array_equal(with_gaps.scale, without.scale)
    assert np.isnan(with_gaps.transform(gaps)[3]).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.1, 7.0, 1e100])
def test_a_constant_channel_keeps_its_size_of_steps(kind, value):
    scale = SeriesScaler(kind).of("a", np.full((30, 1), value))
    assert scale.scale == (pytest.approx(value) if kind == "maxabs" else 1)
    assert np.isfinite(scale.transform(np.full((1, 1), value))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_without_any_value_is_left_as_it_is(kind):
    scale = SeriesScaler(kind).of("a", np.full((5, 1), np.nan))
    assert (scale.shift, scale.scale) == (0, 1)


def test_quartiles_that_coincide_give_way_to_the_standard_deviation():
    sparse = np.zeros((100, 1))
    sparse[7] = 500
    assert SeriesScaler("robust").of("a", sparse).scale == pytest.approx(sparse.std())


def test_series_met_in_training_keep_their_scale_and_others_get_that_of_their_history():
    a, b, later = walk(3), walk(4) * 10, walk(5) * 100
    scaler = SeriesScaler("standard").fit([a, b], ["a", "b"])
    # the order of summation differs from that along an axis
    assert scaler.of("b", later).shift == pytest.approx(b.mean(0), rel=1e-13)
    assert scaler.of("new", later).shift == pytest.approx(later.mean(0), rel=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_the_state_comes_back_through_json_and_arrays(kind):
    series = [walk(6), walk(7)]
    scaler = SeriesScaler(kind).fit(series, ["a", "b"])
    state, arrays_ = scaler.state()
    back = SeriesScaler.from_state(json.loads(json.dumps(state)), arrays_)
    assert arrays_["shift"].shape == arrays_["scale"].shape == (2, 2)
    for id, values in zip("ab", series, strict=True):
        expected = scaler.of(id, values).transform(values)
        assert np.array_equal(back.of(id, walk(8)).transform(values), expected)


def test_a_scaler_that_has_met_no_series_has_a_state_too():
    back = SeriesScaler.from_state(*SeriesScaler("minmax").state())
    assert (back.kind, back.of("a", walk(9)).shift.shape) == ("minmax", (2,))


def test_logarithms_need_values_above_zero():
    values = walk(10)
    scale = SeriesScaler("log").of("a", values)
    values[4, 1] = 0
    with pytest.raises(DataError, match="series 'a': 0 has no logarithm; scaling 'log' needs values above zero"):
        SeriesScaler("log").fit([values], ["a"])
    with pytest.raises(DataError, match="0 has no logarithm"):
        scale.transform(values)


def test_an_unknown_kind_is_answered_with_those_there_are():
    with pytest.raises(ConfigurationError, match="scaling 'max' is not known; choose one of standard, minmax, maxabs"):
        SeriesScaler("max")
