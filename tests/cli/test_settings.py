import pytest

from tidegate.cli.settings import chosen_options
from tidegate.errors import ConfigurationError
from tidegate.estimators.options import ForecasterOptions, forecaster_options


def forecast_options(named, pairs, config=None):
    return forecaster_options(chosen_options(ForecasterOptions, named, pairs, config))


def test_texts_become_values_of_the_type_of_their_option():
    pairs = ["hidden_size=32", "dropout=0.25", "residual=true", "patience=NONE", "levels=50,90", "scaler = log"]

    options = forecast_options({"cell": "lstm", "horizon": None}, pairs)

    assert (options.cell, options.horizon, options.hidden_size, options.dropout) == ("lstm", None, 32, 0.25)
    assert (options.residual, options.patience, options.levels, options.scaler) == (True, None, (50.0, 90.0), "log")


def test_none_is_a_word_where_the_option_has_it_as_one():
    options = forecast_options({}, ["anchor=none", "scaler=none", "clip_norm=none"])

    assert (options.anchor, options.scaler, options.clip_norm) == ("none", "none", None)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("lerning_rate=1", "did you mean 'learning_rate'"),
        ("zzz=1", "there are: "),
        ("hidden_size=none", "hidden_size='none'"),
        ("levels=80,wide", "wide"),
        ("=3", "key=value"),
        ("cell=rnn", "'cell' is given twice"),
    ],
)
def test_what_fits_nowhere_is_told(pair, words):
    with pytest.raises(ConfigurationError, match=words):
        forecast_options({"cell": "gru"}, [pair])


TOML = 'cell = "lstm"\nhidden_size = 16\nlevels = [50, 90]\npatience = "none"\ndropout = 0.25\n'
YAML = "cell: lstm\nhidden_size: 16\nlevels: [50, 90]\npatience: null\ndropout: 0.25\nlearning_rate: 1e-3\n"


@pytest.mark.parametrize(("name", "text"), [("o.toml", TOML), ("o.yaml", YAML), ("o.yml", YAML)])
def test_a_file_gives_options_and_the_command_line_goes_before_it(tmp_path, name, text):
    (tmp_path / name).write_text(text)

    options = forecast_options({"cell": "rnn"}, ["hidden_size=8"], tmp_path / name)

    assert (options.cell, options.hidden_size, options.levels, options.patience, options.dropout) == (
        "rnn",
        8,
        (50.0, 90.0),
        None,
        0.25,
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("o.toml", b"hiden_size = 3", r"o\.toml: no option 'hiden_size'; did you mean 'hidden_size'"),
        ("o.toml", b"a = = 3", r"o\.toml: not TOML: .*line 1"),
        ("o.yaml", b"a: [1", r"o\.yaml: not YAML: .*line 1"),
        ("o.yaml", b"- a\n- b", "write it as lines"),
        ("o.yaml", b"[a]: 1", "write it as lines|not YAML"),
        ("o.yaml", b"# all\nseed: 1\ncell: gru\nseed: 1\n", r"o\.yaml, line 4: 'seed' is given twice, first in line 2"),
        ("o.yml", b"levels:\n  a: 1\n  b: 2\n  a: 3\n", r"o\.yml, line 4: 'a' is given twice, first in line 2"),
        ("o.yml", b"levels: [{a: 1,\n  a: 2}]", r"o\.yml, line 2: 'a' is given twice, first in line 1"),
        ("o.yml", b"a: &a\n  b: *a", r"o\.yml, line 1: this refers to itself"),
        ("o.toml", b"seed = 1\ncell = 'gru'\nseed = 2\n", r"o\.toml: not TOML: .*line 3"),
        ("o.yaml", b"\xff", "byte 0 is not UTF-8"),
        ("o.json", b"{}", r"ends in \.toml, \.yaml, \.yml"),
        ("o.toml", b"hidden_size = 0", "hidden_size=0"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=words):
        forecast_options({}, [], tmp_path / name)


def test_a_file_that_is_not_there_is_named_and_an_empty_one_gives_nothing(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.toml: there is no such file"):
        forecast_options({}, [], tmp_path / "none.toml")
    (tmp_path / "marked.toml").write_text("\ufeffseed = 3\n", encoding="utf-8")
    assert forecast_options({}, [], tmp_path / "marked.toml").seed == 3
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    assert forecast_options({}, [], tmp_path / "empty.yaml") == ForecasterOptions()


def test_a_mapping_is_read_as_json():
    from tidegate.cli.settings import _mapping

    assert _mapping('{"a": 1.5}', "class_weight") == {"a": 1.5}
    with pytest.raises(ConfigurationError, match=r"class_weight=\{a: not JSON"):
        _mapping("{a", "class_weight")
    with pytest.raises(ConfigurationError, match=r"class_weight=\{.*: 'a' stands there twice"):
        _mapping('{"a": 1, "b": 1, "a": 2}', "class_weight")


def test_a_value_of_a_file_that_fits_nowhere_is_told_with_the_file(tmp_path):
    path = tmp_path / "options.toml"
    path.write_text('hidden_size = "many"\n')
    with pytest.raises(ConfigurationError, match=r"--config .*options\.toml: hidden_size='many': input should be"):
        forecast_options({}, [], path)


def test_one_of_several_values_is_told_by_the_name_of_the_option():
    with pytest.raises(ConfigurationError, match=r"^levels=120\.0: input should be less than 100$"):
        forecast_options({"levels": (80.0, 120.0)}, [])
