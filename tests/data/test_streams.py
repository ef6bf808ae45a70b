from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.data.streams import Streams


@given(st.integers(1, 60), st.integers(1, 7), st.integers(1, 9))
def test_each_token_is_told_once_from_the_one_before_it(size, count, steps):
    tokens = np.random.default_rng(size).integers(1, 9, size)
    streams = Streams(tokens, 99, count=count, steps=steps)
    rows = np.arange(len(streams)).reshape(-1, count)
    segments = [streams.take(part) for part in rows]
    inputs, targets = (np.concatenate(parts, axis=1).ravel() for parts in zip(*segments, strict=True))
    assert targets[:size].tolist() == tokens.tolist()
    assert inputs[:size].tolist() == [99, *tokens[:-1]]
    assert not targets[size:].any()
    assert not inputs[size:].any()
    assert len(targets) - size < count
    assert streams.tokens.tolist() == tokens.tolist()


def test_segments_have_the_steps_asked_for_but_the_last():
    streams = Streams(np.arange(1, 24), 0, count=2, steps=5)
    rows = np.arange(len(streams)).reshape(-1, 2)
    assert [streams.take(part).inputs.shape for part in rows] == [(2, 5), (2, 5), (2, 2)]


@pytest.mark.parametrize("rows", [[0], [1, 2], [1, 0], [0, 1, 2, 3]])
def test_rows_of_no_single_segment_are_refused(rows):
    streams = Streams(np.arange(1, 24), 0, count=2, steps=5)
    with pytest.raises(ValueError, match="rows of one segment"):
        streams.take(np.array(rows))
