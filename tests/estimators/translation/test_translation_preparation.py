import pytest

from tidegate.data.pairs import from_lists
from tidegate.errors import DataError
from tidegate.estimators.translation.translation_options import TranslationOptions
from tidegate.estimators.translation.translation_preparation import Side, TranslationPreparation
from tidegate.models.beam import BEGIN, END

GERMAN = ["Ein Mann, der läuft.", "Zwei Hunde!", "Ein Hund & 1 Ball"]
ENGLISH = ["A man who runs.", "Two dogs!", "A dog & 1 ball"]


def options(**chosen) -> TranslationOptions:
    return TranslationOptions(**{"vocabulary_size": None, **chosen})


def prepared(X=GERMAN, y=ENGLISH, *, joint=False, **chosen) -> TranslationPreparation:
    return TranslationPreparation.fit(from_lists(X, y), options(joint=joint, **chosen), joint=joint)


@pytest.mark.parametrize("tokenizer", ["bpe", "characters", "words", "spaces"])
def test_text_goes_there_and_back(tokenizer):
    preparation = prepared(tokenizer=tokenizer, lowercase=False)
    for side, texts in ((preparation.source, GERMAN), (preparation.target, ENGLISH)):
        for text in texts:
            assert side.join(side.vocabulary.decode(side.encode(text).tolist())) == text


def test_pieces_make_any_text_also_what_training_has_not_met():
    side = prepared(tokenizer="bpe").target
    text = "  Größe: 5 €, «non» 漢字"
    assert side.join(side.vocabulary.decode(side.encode(text).tolist())) == text


def test_tokens_stay_tokens():
    preparation = prepared([["a", "b"], ["c"]], [["x"], ["y", "z", "z"]])
    assert preparation.target.join(["y", "z"]) == ["y", "z"]
    assert preparation.source.vocabulary.tokens == ("<pad>", "<unk>", "<bos>", "<eos>", "a", "b", "c")
    assert preparation.target.vocabulary.tokens[BEGIN] == "<bos>"
    assert preparation.target.vocabulary.tokens[END] == "<eos>"
    assert (preparation.pairs, preparation.longest) == (2, 3)


def test_a_joint_vocabulary_serves_both_sides():
    joint = prepared(joint=True, tokenizer="words")
    assert joint.source is joint.target
    assert {"Mann", "man", "&"} <= set(joint.source.vocabulary.tokens)
    with pytest.raises(DataError, match="joint=True needs texts on both sides"):
        prepared(GERMAN, [["a"], ["b"], ["c"]], joint=True)


@pytest.mark.parametrize("joint", [False, True])
@pytest.mark.parametrize("tokenizer", ["bpe", "words"])
def test_its_state_makes_it_again(joint, tokenizer):
    preparation = prepared(joint=joint, tokenizer=tokenizer)
    again = TranslationPreparation.from_state(*preparation.state())
    assert again == preparation
    assert again.joint is joint


def test_a_vocabulary_without_beginning_and_end_is_refused():
    state = prepared(tokenizer="words").source.state()
    state["vocabulary"]["tokens"].remove("<bos>")
    with pytest.raises(ValueError, match="the vocabulary lacks"):
        Side.from_state(state)


def test_unknown_tokens_are_counted():
    preparation = prepared(tokenizer="words", min_count=2)
    # "Ein" stands there twice, all else once: 14 tokens in all.
    assert preparation.unknown(GERMAN) == (12, 14)


def test_another_kind_of_sequence_than_in_training_is_refused():
    preparation = prepared()
    with pytest.raises(DataError, match="the sources are lists of tokens; training had texts"):
        preparation.source.require_kind([("a",)], "source")
