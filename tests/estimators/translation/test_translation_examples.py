import numpy as np
import torch

from tidegate.estimators.translation.translation_examples import TranslationExamples, TranslationObjective
from tidegate.models.beam import BEGIN, END


def examples(count: int = 2000, seed: int = 0) -> TranslationExamples:
    source = np.random.default_rng(seed)
    lengths, apart = source.integers(3, 30, count), source.integers(-2, 9, count)
    sides = [[source.integers(4, 50, length) for length in side] for side in (lengths + apart, lengths)]
    return TranslationExamples(*sides)


def test_a_batch_begins_and_ends_what_is_to_be_told():
    held = TranslationExamples(
        [np.array([5, 6, 7]), np.array([8])],
        [np.array([9], dtype=np.int64), np.array([4, 5], dtype=np.int64)],
    )
    batch = held.batch(np.array([1, 0]))
    assert batch.source.tolist() == [[8, 0, 0], [5, 6, 7]]
    assert batch.source_lengths.tolist() == [1, 3]
    assert batch.words.tolist() == [[BEGIN, 4, 5], [BEGIN, 9, 0]]
    assert batch.following.tolist() == [[4, 5, END], [9, END, 0]]
    assert batch.lengths.tolist() == [3, 2]


def test_an_empty_target_is_its_end_alone():
    held = TranslationExamples([np.array([5])], [np.array([], dtype=np.int64)])
    batch = held.batch(np.array([0]))
    assert (batch.words.tolist(), batch.following.tolist()) == ([[BEGIN]], [[END]])


def test_every_pair_is_in_one_batch_and_padding_is_little():
    held = examples()
    batches = held.batches(32, np.random.default_rng(1))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(held)))
    cells = true = 0
    for rows in batches:
        batch = held.batch(rows)
        cells += batch.source.numel() + batch.words.numel()
        true += int(batch.source_lengths.sum() + batch.lengths.sum())
    assert true / cells > 0.93
    assert not np.array_equal(batches[0], held.batches(32, np.random.default_rng(2))[0])


def test_the_fingerprint_tells_other_pairs_apart():
    held = examples(50)
    assert held.fingerprint() == examples(50).fingerprint()
    assert held.fingerprint() != examples(50, seed=1).fingerprint()
    assert held.fingerprint() != TranslationExamples(held.targets, held.sources).fingerprint()


def test_labels_are_smoothed_in_training_alone():
    given = []

    class Network(torch.nn.Module):
        def forward(self, batch, label_smoothing):  # noqa: ARG002 - the call of a network
            given.append(label_smoothing)
            return torch.tensor(6.0)

    network, batch = Network(), examples(5).batch(np.arange(5))
    loss = TranslationObjective(0.2)(network.train(), batch)
    TranslationObjective(0.2)(network.eval(), batch)
    assert given == [0.2, 0.0]
    assert loss.count == int(batch.lengths.sum())
