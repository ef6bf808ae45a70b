from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from tidegate.data.piano_roll import KEYS, as_rolls
from tidegate.errors import ConfigurationError, DataError
from tidegate.estimators.language.polyphony_model import PolyphonyModel

CHORDS = [[48, 52, 55], [53, 57, 60], [55, 59, 62], [48, 52, 55]]


def pieces(count, seed):
    source = np.random.default_rng(seed)
    return [[CHORDS[step % 4] for step in range(source.integers(5, 13))] for _ in range(count)]


@pytest.fixture(scope="module")
def model():
    return PolyphonyModel(hidden_size=12, learning_rate=0.03, epochs=30, batch_size=4).fit(pieces(30, 0))


def test_it_learns_a_cadence(model):
    metrics = model.evaluate(pieces(10, 1))
    assert metrics["nll"] < 1  # 88 keys told at even odds would cost 61 nats
    assert np.array_equal(model.generate(pieces(1, 2)[0][:3], 5, temperature=0), as_rolls([(CHORDS * 3)[3:8]]).rolls[0])


def test_frames_are_counted_as_told(model):
    music = pieces(6, 3)
    metrics = model.evaluate(music)
    losses = []
    for roll in as_rolls(music).rolls:
        frames = torch.from_numpy(roll.astype(np.float32))
        with torch.no_grad():
            logits, _ = model.fitted.network(functional.pad(frames, (0, 0, 1, -1))[None])
        each = functional.binary_cross_entropy_with_logits(logits[0], frames, reduction="none").sum(1)
        losses.append(each.double().numpy())
    # float32 losses, batched otherwise
    assert metrics["nll"] == pytest.approx(np.concatenate([one[1:] for one in losses]).mean(), rel=1e-4)
    assert metrics["nll_with_first"] == pytest.approx(np.concatenate(losses).mean(), rel=1e-4)
    assert model.score(music) == -metrics["nll"]
    assert model.predict(music) == pytest.approx([-one.sum() for one in losses], rel=1e-4)
    frame = model.prediction_frame(music)
    assert frame["nll"].to_list() == pytest.approx([one.mean() for one in losses], rel=1e-4)


def test_music_follows_its_seed(model, tmp_path):
    first = model.generate(length=20, seed=1)
    assert first.shape == (20, KEYS)
    assert np.array_equal(first, model.generate(length=20, seed=1))
    assert not np.array_equal(first, model.generate(length=20, seed=2))
    again = PolyphonyModel.load(model.save(tmp_path / "model.safetensors"))
    assert np.array_equal(first, again.generate(length=20, seed=1))
    assert again.evaluate(pieces(3, 4)) == model.evaluate(pieces(3, 4))


def test_what_cannot_be_is_refused(model):
    with pytest.raises(ConfigurationError, match="bidirectional"):
        PolyphonyModel(bidirectional=True)
    with pytest.raises(ConfigurationError, match="give no y"):
        model.evaluate(pieces(2, 0), [0, 1])
    with pytest.raises(DataError, match="a single frame"):
        model.evaluate([[[60]], [[62]]])
    for wrong in ({"length": -1}, {"temperature": -0.5}, {"temperature": np.inf}):
        with pytest.raises(ConfigurationError, match="from 0 up"):
            model.generate(**wrong)


def test_pieces_that_cannot_be_scored_are_told_before_training():
    single = [piece[:1] for piece in pieces(4, 0)]
    for given in ({"valid": single}, {"test": single}):
        model = PolyphonyModel(hidden_size=4, epochs=1)
        with pytest.raises(DataError, match="4 pieces, 4 frames: all pieces have a single frame"):
            model.fit(pieces(4, 1), **given)
        assert not model.__sklearn_is_fitted__()
