import pytest
import torch
from pydantic import BaseModel
from torch.nn.functional import cross_entropy

from tidegate.models.beam import BEGIN, END
from tidegate.models.encoder import EncoderOptions
from tidegate.models.translator import Sizes, TranslationBatch, TranslatorNetwork, TranslatorOptions
from tidegate.nn.kernels import dispatch

V = 11


class Text(BaseModel):
    embedding_size: int = 6
    embedding_dropout: float = 0.0
    word_dropout: float = 0.0


def network(*, shared: bool = False, encoder: dict | None = None, **options) -> TranslatorNetwork:
    torch.manual_seed(2)
    chosen = EncoderOptions(hidden_size=8, bidirectional=True, **(encoder or {}))
    return TranslatorNetwork(Sizes(V, V, 100, shared), chosen, TranslatorOptions(**options), Text())


def batch() -> TranslationBatch:
    torch.manual_seed(3)
    sources, targets = [5, 3, 4], [2, 4, 3]
    source, words, following = (torch.zeros(3, 5, dtype=torch.int64) for _ in range(3))
    for row, (read, written) in enumerate(zip(sources, targets, strict=True)):
        source[row, :read] = torch.randint(4, V, (read,))
        target = torch.randint(4, V, (written,))
        words[row, : written + 1] = torch.cat([torch.tensor([BEGIN]), target])
        following[row, : written + 1] = torch.cat([target, torch.tensor([END])])
    return TranslationBatch(source, torch.tensor(sources), words, following, torch.tensor(targets) + 1)


@pytest.mark.parametrize("options", [{}, {"input_feeding": True}, {"attention": "additive"}, {"tie_embeddings": False}])
def test_the_loss_is_the_cross_entropy_of_the_true_steps(options):
    model, given = network(**options).eval(), batch()
    reading = model.read(given.source, given.source_lengths)
    readouts, _, _ = model.write(given.words, reading)
    scores = model.tell(readouts).flatten(0, 1)
    wanted = cross_entropy(scores, given.following.flatten(), ignore_index=0, reduction="sum")
    assert torch.allclose(model(given), wanted, rtol=1e-5)  # float32 sums of twelve terms


def test_every_encoder_has_its_decoder():
    for encoder in ({"merge": "sum"}, {"batch_norm": True, "num_layers": 2}, {"cell": "lstm"}, {"cell": "mingru"}):
        loss = network(encoder=encoder)(batch())
        assert loss.isfinite()
    assert network(encoder={"merge": "sum"}, attention="dot")(batch()).isfinite()


@pytest.mark.parametrize("options", [{}, {"input_feeding": True}])
def test_a_pair_is_scored_alike_in_any_batch(options):
    model, given = network(**options).eval(), batch()
    alone = 0.0
    for row in range(3):
        read, written = int(given.source_lengths[row]), int(given.lengths[row])
        one = TranslationBatch(
            given.source[row : row + 1, :read],
            given.source_lengths[row : row + 1],
            given.words[row : row + 1, :written],
            given.following[row : row + 1, :written],
            given.lengths[row : row + 1],
        )
        alone += model(one).item()
    assert model(given).item() == pytest.approx(alone, rel=1e-5)


def test_steps_of_a_search_tell_what_whole_targets_do():
    model, given = network(input_feeding=True).eval(), batch()
    reading = model.read(given.source, given.source_lengths)
    readouts, _, _ = model.write(given.words, reading)
    logs = model.tell(readouts).log_softmax(-1)
    for step in range(given.words.shape[1]):
        told, reading = model.step(given.words[:, step], reading)
        assert torch.allclose(told, logs[:, step], atol=1e-5)


def test_weights_are_tied_and_shared_as_asked():
    tied = network()
    assert tied.output.weight is tied.target_embedding.table.weight
    assert tied.source_embedding is not tied.target_embedding
    joint = network(shared=True)
    assert joint.source_embedding is joint.target_embedding
    loose = network(tie_embeddings=False)
    assert loose.output.weight is not loose.target_embedding.table.weight


def test_every_weight_learns():
    model = network(input_feeding=True, attention="additive", encoder={"num_layers": 2})
    model(batch()).backward()
    still = [name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert still == []


def test_with_sampling_some_steps_are_given_the_networks_own_word():
    given = batch()
    always, never = network(), network(teacher_forcing=0.0)
    assert always.train()(given).item() != pytest.approx(never.train()(given).item(), rel=1e-4)
    assert never.eval()(given).item() == pytest.approx(always.eval()(given).item(), rel=1e-6)


def test_sampling_that_always_tells_the_truth_is_teacher_forcing(monkeypatch):
    given, model = batch(), network()
    reading = model.read(given.source, given.source_lengths)
    whole, _, _ = model.write(given.words, reading)
    assert torch.allclose(model._write_sampling(given.words, reading, 1.0), whole, atol=1e-6)
    told = []
    monkeypatch.setattr(model, "write", lambda words, reading: told.append(words) or _write(model, words, reading))
    model._write_sampling(given.words, reading, 0.0)
    assert torch.equal(told[0][:, 0], given.words[:, 0])
    for step, readout in enumerate(_readouts(model, told, reading)[:-1]):
        assert torch.equal(told[step + 1], model.tell(readout).argmax(-1))


def _write(model, words, reading):
    return TranslatorNetwork.write(model, words, reading)


def _readouts(model, told, reading):
    readouts = []
    for words in told:
        readout, _, reading = _write(model, words, reading)
        readouts.append(readout)
    return readouts


def test_the_schedule_counts_the_sequences_of_training_alone():
    model = network(teacher_forcing=1.0, teacher_forcing_last=0.0)
    model.eval()(batch())
    assert model.forcing.seen.item() == 0
    model.train()(batch())
    assert model.forcing.seen.item() == 3


def test_both_recurrences_take_the_fastest_path():
    model, given = network(), batch()
    x = model.source_embedding(given.source)
    encoder = dispatch.explain(model.encoder.recurrence, x, lengths=given.source_lengths)
    decoder = dispatch.explain(model.decoder.recurrence.recurrence, x, lengths=given.lengths)
    if encoder.path != "native":
        assert "native" in encoder.reason  # a house without a compiler says so
    assert encoder.path == decoder.path


def test_words_told_by_itself_see_the_same_dropout_at_every_step():
    model, given = network(teacher_forcing=0.5, output_dropout=0.5), batch()
    model.target_embedding.dropout.share = 0.5
    seen: dict[str, list[torch.Tensor]] = {"words": [], "readouts": []}
    parts = {"words": model.target_embedding.dropout, "readouts": model.output_dropout}
    for name, part in parts.items():
        part.register_forward_hook(lambda _, __, output, name=name: seen[name].append(output[1, 0] == 0))  # the longest
    model(given)
    for masks in seen.values():
        assert len(masks) == given.words.shape[1]
        assert all(torch.equal(mask, masks[0]) for mask in masks)
        assert 0 < masks[0].float().mean() < 1
    first = seen["readouts"][0]
    model(given)
    assert not torch.equal(seen["readouts"][-1], first)  # the next batch draws anew


def test_vectors_begin_small_so_that_a_tied_output_tells_every_word_about_alike():
    torch.manual_seed(0)
    sizes, text = Sizes(500, 500, 1, False), Text(embedding_size=100)
    model = TranslatorNetwork(sizes, EncoderOptions(hidden_size=8), TranslatorOptions(), text)
    for embedding in (model.source_embedding, model.target_embedding):
        # 50,000 normal numbers: their deviation is known to 0.3 %.
        assert abs(embedding.table.weight[1:].std().item() - 0.1) < 0.002
