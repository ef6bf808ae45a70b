from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.data.windows import Track, Windows, WindowShape, last_seen


def slow_last_seen(values, t, period):
    """One channel: the value at t or periods before it, else the last one seen at all, else 0."""
    for places in (range(t, -1, -period), range(t, -1, -1)):
        for place in places:
            if not np.isnan(values[place]):
                return values[place]
    return 0.0


def slow_anchor(values, now, ahead, period):
    if period == 0:
        return 0.0
    source = now + ahead
    while source > now:
        source -= period
    return slow_last_seen(values, source if source >= 0 else max(now, 0), period)


def slow_window(track, shape, end):
    """What a window that reads the steps before `end` holds, step by step."""
    rows = []
    for t in range(max(end - shape.length, 0), end):
        ahead = range(1, shape.horizon + 1)
        channels = list(track.values.T)
        rows.append(
            {
                "values": track.values[t],
                "expected": [slow_anchor(one, t - 1, 1, shape.period) for one in channels],
                "anchors": [[slow_anchor(one, t, k, shape.period) for one in channels] for k in ahead],
                "features": [track.features[min(t + k, len(track.values) - 1)] for k in ahead],
                "targets": [
                    track.values[t + k] if track.first <= t + k < track.last else np.full(len(channels), np.nan)
                    for k in ahead
                ],
            }
        )
    return {name: np.array([row[name] for row in rows], dtype=np.float32) for name in rows[0]}


def track_of(rng, steps, first, last, gaps=0.3):
    values = rng.normal(size=(steps, 2)).astype(np.float32)
    values[rng.random(values.shape) < gaps] = np.nan
    features = rng.normal(size=(steps, 3)).astype(np.float32)
    return Track(values, features, rng.normal(size=2).astype(np.float32), first, last)


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = WindowShape(draw(st.integers(1, 8)), draw(st.integers(1, 5)), draw(st.integers(0, 6)))
    tracks = []
    for _ in range(draw(st.integers(1, 3))):
        steps = draw(st.integers(2, 20))
        first = draw(st.integers(0, steps - 1))
        tracks.append(
            track_of(
                rng, steps, first, draw(st.integers(max(first + 1, 2), steps)), draw(st.sampled_from([0.0, 0.3, 1.0]))
            )
        )
    return tracks, shape, draw(st.integers(1, shape.length)), rng


def which(windows):
    """The track and the step after the last one read, of each window."""
    return [(int(track), int(end)) for track, end in windows._ends]


@settings(max_examples=100, deadline=None)
@given(cases())
def test_a_batch_holds_what_a_walk_over_the_steps_finds(case):
    tracks, shape, stride, rng = case
    windows = Windows(tracks, shape, stride)
    rows = rng.permutation(len(windows))[: rng.integers(1, len(windows) + 1)]
    batch = windows.take(rows)
    for place, row in enumerate(rows):
        track, end = which(windows)[row]
        expected = slow_window(tracks[track], shape, end)
        length = int(batch.lengths[place])
        assert length == min(end, shape.length)
        for name, values in expected.items():
            assert np.array_equal(getattr(batch, name)[place, :length], values, equal_nan=True), name
        assert np.array_equal(batch.static[place], tracks[track].static)
        assert np.isnan(batch.targets[place, length:]).all()


@settings(max_examples=100, deadline=None)
@given(cases())
def test_every_target_in_bounds_that_has_a_past_is_told_by_some_window_and_no_other_ever(case):
    tracks, shape, stride, _ = case
    numbered = [
        one._replace(values=np.tile(np.arange(len(one.values), dtype=np.float32)[:, None], 2)) for one in tracks
    ]
    windows = Windows(numbered, shape, stride)
    told = {track: set() for track in range(len(tracks))}
    for row, (track, _) in enumerate(which(windows)):
        targets = windows.take(np.array([row])).targets
        told[track] |= set(targets[~np.isnan(targets)].astype(int).tolist())
    assert told == {k: set(range(max(one.first, 1), one.last)) for k, one in enumerate(tracks)}


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_nothing_after_a_step_reaches_what_the_network_reads_there(case, data):
    tracks, shape, stride, rng = case
    chosen = data.draw(st.integers(0, len(tracks) - 1))
    change = data.draw(st.integers(0, len(tracks[chosen].values) - 1))
    poisoned = tracks[chosen].values.copy()
    poisoned[change:] = rng.normal(size=poisoned[change:].shape) * 1e6
    others = [one._replace(values=poisoned) if k == chosen else one for k, one in enumerate(tracks)]
    everything = np.arange(len(Windows(tracks, shape, stride)))
    before, after = (Windows(some, shape, stride).take(everything) for some in (tracks, others))
    for row, (track, end) in enumerate(which(Windows(tracks, shape, stride))):
        start = end - before.lengths[row]
        clean = before.lengths[row] if track != chosen else max(min(change - start, before.lengths[row]), 0)
        for name in ("values", "expected", "anchors", "features", "static"):
            pair = [getattr(batch, name)[row][: clean if name != "static" else None] for batch in (before, after)]
            assert np.array_equal(*pair, equal_nan=True), name


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 15), st.integers(1, 20), st.sampled_from([0.0, 0.5, 1.0]))
def test_last_seen_is_that_of_the_season_else_the_last_of_all_else_zero(seed, steps, period, gaps):
    values = track_of(np.random.default_rng(seed), steps, 0, 2, gaps).values
    slow = [[slow_last_seen(channel, t, period) for channel in values.T] for t in range(steps)]
    assert np.array_equal(last_seen(values, period), np.array(slow, dtype=np.float32))


def test_windows_begin_a_stride_apart_and_end_with_the_last_target():
    track = track_of(np.random.default_rng(0), 30, 0, 25)
    assert [end for _, end in which(Windows([track], WindowShape(10, 1, 0), stride=4))] == [24, 20, 16, 12, 10]


@pytest.mark.parametrize("rows", [[0], [2, 0]])
def test_a_batch_is_as_long_as_its_longest_window(rows):
    rng = np.random.default_rng(0)
    tracks = [track_of(rng, steps, 0, steps) for steps in (3, 5, 12)]
    batch = Windows(tracks, WindowShape(10, 2, 3), stride=99).take(np.array(rows))
    longest = max(min(len(tracks[row].values) - 1, 10) for row in rows)
    assert batch.values.shape == (len(rows), longest, 2)
    assert batch.anchors.shape == (len(rows), longest, 2, 2)
    assert batch.features.shape == (len(rows), longest, 2, 3)
