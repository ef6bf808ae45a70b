from __future__ import annotations

import json

import numpy as np

from benchmarks.recipes.sine import LEARNT, main, noisy_sine


def test_the_noise_has_its_deviation_and_its_seed():
    clean, noisy = noisy_sine(3)
    np.testing.assert_allclose(clean[:50], clean[50:100], atol=1e-12)
    assert 0.08 < (noisy - clean).std() < 0.12  # 1,000 draws: 0.1 ± 0.0022
    np.testing.assert_array_equal(noisy, noisy_sine(3)[1])
    assert (noisy != noisy_sine(4)[1]).all()


def test_each_seed_is_told_beside_the_naive_forecasts_and_the_noise(capsys):
    main("epochs=1", "hidden_size=4", "num_layers=1", "--seeds", "2")
    figures = json.loads(capsys.readouterr().out)
    assert list(figures["mae"]) == ["one_step", "fed_back"]
    noisy = noisy_sine(1)[1]
    naive = np.abs(np.diff(noisy))[LEARNT - 1 :].mean()
    assert figures["mae"]["one_step"]["naive"]["each"][1] == round(naive, 5)
    assert len(figures["mae"]["fed_back"]["GRU"]["each"]) == len(figures["noise"]["mae"]["each"]) == 2
